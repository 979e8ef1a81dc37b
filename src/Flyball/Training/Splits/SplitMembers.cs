using Flyball.Training.Datasets;

namespace Flyball.Training.Splits;

/// <summary>The rows of each part by their places in the log: base64 of the differences from row to row, seven bits a byte, the low ones first.</summary>
/// <param name="Train">Rows learned from.</param>
/// <param name="Validation">Rows stopped and calibrated by.</param>
/// <param name="Test">Rows judged by.</param>
public sealed record SplitMembers(string Train, string Validation, string Test)
{
    public static SplitMembers Of(TrainingSet set) => new(Pack(set.Train.Seq), Pack(set.Validation.Seq), Pack(set.Test.Seq));

    /// <summary>The rows of a part by its name; null when there is no such part.</summary>
    public long[]? Rows(string part) => part switch
    {
        "train" => Unpack(Train),
        "validation" => Unpack(Validation),
        "test" => Unpack(Test),
        _ => null,
    };

    /// <summary>Writes places in rising order.</summary>
    internal static string Pack(IReadOnlyList<long> seq)
    {
        var bytes = new List<byte>(seq.Count * 2);
        var last = 0L;
        foreach (var place in seq)
        {
            var step = (ulong)(place - last);
            for (last = place; step >= 0x80; step >>= 7)
            {
                bytes.Add((byte)(step | 0x80));
            }

            bytes.Add((byte)step);
        }

        return Convert.ToBase64String([.. bytes]);
    }

    internal static long[] Unpack(string packed)
    {
        var (rows, last, step, shift) = (new List<long>(), 0L, 0UL, 0);
        foreach (var part in Convert.FromBase64String(packed))
        {
            step |= (ulong)(part & 0x7F) << shift;
            shift += 7;
            if (part < 0x80)
            {
                rows.Add(last += (long)step);
                (step, shift) = (0, 0);
            }
        }

        return [.. rows];
    }
}
