using Flyball.Native.OnnxRuntime;
using Flyball.Training.Forests;

namespace Flyball.Training.Onnx;

/// <summary>Scores many rows with a model on all processors. A row's scores depend on the row alone: they are the same with any number of processors.</summary>
internal static class OnnxRows
{
    private const int BatchRows = 256;
    private const int PartRows = 16 * BatchRows;

    /// <summary>As a version is served: trees are summed by this program when that gives the bits of ONNX Runtime, and every other model is run by it.</summary>
    /// <inheritdoc cref="Score"/>
    public static float[] Served(ReadOnlySpan<byte> onnx, ReadOnlyMemory<float> rows, int columns)
    {
        if (ForestReader.Read(onnx, columns) is not { } forest || !Agrees(forest, onnx))
        {
            return Score(onnx, rows, columns);
        }

        var scores = new float[rows.Length / columns];
        SideBySide.Run(scores.Length, PartRows, (from, to) =>
        {
            var all = rows.Span;
            for (var r = from; r < to; r++)
            {
                scores[r] = forest.Score(all.Slice(r * columns, columns));
            }
        });
        return scores;
    }

    /// <summary>Scores by ONNX Runtime.</summary>
    /// <param name="onnx">An inspected model.</param>
    /// <param name="rows">Row-major.</param>
    /// <param name="columns">Features.</param>
    /// <returns>Row-major, as many a row as the model has outputs.</returns>
    /// <exception cref="OnnxRuntimeException">The model does not run, or has another number of features.</exception>
    public static float[] Score(ReadOnlySpan<byte> onnx, ReadOnlyMemory<float> rows, int columns)
    {
        using var session = OnnxSession.Load(onnx);
        using var first = session.Bind(BatchRows);
        if (first.Features != columns)
        {
            throw new OnnxRuntimeException($"It has {first.Features} features instead of {columns}.");
        }

        var (count, outputs) = (rows.Length / columns, first.Outputs);
        var scores = new float[count * outputs];
        if (count <= PartRows)
        {
            Fill(first, rows.Span, scores, columns);
            return scores;
        }

        using var bindings = new ThreadLocal<OnnxBinding>(() => session.Bind(BatchRows), trackAllValues: true);
        try
        {
            SideBySide.Run(count, PartRows, (from, to) =>
                Fill(bindings.Value!, rows.Span[(from * columns)..(to * columns)], scores.AsSpan(from * outputs, (to - from) * outputs), columns));
        }
        finally
        {
            foreach (var binding in bindings.Values)
            {
                binding.Dispose();
            }
        }

        return scores;
    }

    private static bool Agrees(Forest forest, ReadOnlySpan<byte> onnx)
    {
        using var session = OnnxSession.Load(onnx);
        return ForestCheck.Agrees(forest, session);
    }

    private static void Fill(OnnxBinding binding, ReadOnlySpan<float> rows, Span<float> scores, int columns)
    {
        var outputs = binding.Outputs;
        for (var done = 0; done < rows.Length / columns;)
        {
            var batch = Math.Min(BatchRows, (rows.Length / columns) - done);
            rows.Slice(done * columns, batch * columns).CopyTo(binding.Input);
            binding.Run(batch);
            binding.Output[..(batch * outputs)].CopyTo(scores[(done * outputs)..]);
            done += batch;
        }
    }
}
