using Flyball.Native.OnnxRuntime;

namespace Flyball.Training.Forests;

/// <summary>Compares a forest with ONNX Runtime on rows made for it: on each threshold, beside it, far from it, and missing.</summary>
internal static class ForestCheck
{
    private const int Rows = 256;

    /// <summary>Whether both give the same bits for every row. Cost: 256 rows through each.</summary>
    public static bool Agrees(Forest forest, OnnxSession session)
    {
        using var binding = session.Bind(1);
        var thresholds = forest.ThresholdsByInput();
        var draw = new Random(20_260_101);
        for (var r = 0; r < Rows; r++)
        {
            for (var c = 0; c < forest.Width; c++)
            {
                binding.Input[c] = Draw(draw, thresholds[c]);
            }

            binding.Run(1);
            if (BitConverter.SingleToInt32Bits(binding.Output[0]) != BitConverter.SingleToInt32Bits(forest.Score(binding.Input)))
            {
                return false;
            }
        }

        return true;
    }

    private static float Draw(Random draw, IReadOnlyList<float> thresholds)
    {
        if (thresholds.Count == 0 || draw.Next(8) == 0)
        {
            return draw.Next(2) == 0 ? float.NaN : (float)((draw.NextDouble() - 0.5) * 1e6);
        }

        var near = thresholds[draw.Next(thresholds.Count)];
        return draw.Next(3) switch { 0 => near, 1 => MathF.BitDecrement(near), _ => MathF.BitIncrement(near) };
    }
}
