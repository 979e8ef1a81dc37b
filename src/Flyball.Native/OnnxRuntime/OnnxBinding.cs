using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Flyball.Native.OnnxRuntime;

/// <summary>
/// The buffers of one thread that runs a model: fill <see cref="Input"/>, <see cref="Run"/>, read <see cref="Output"/>.
/// A run allocates nothing once its row count was seen. Use from one thread at a time.
/// </summary>
public sealed unsafe class OnnxBinding : IDisposable
{
    private readonly OrtApi api;
    private readonly OrtHandle session;
    private readonly int outputRank;

    /// <summary>Pinned: ONNX Runtime reads and writes them in place.</summary>
    private readonly float[] input;
    private readonly float[] output;
    private readonly byte[] inputName;
    private readonly byte[] outputName;

    /// <summary>By row count: a tensor has a fixed shape, and a run has as many rows as its tensors.</summary>
    private readonly OrtHandle?[] inputs;
    private readonly OrtHandle?[] outputs;
    private bool disposed;

    internal OnnxBinding(OrtApi api, OrtHandle session, OnnxTensorInfo input, OnnxTensorInfo output, int maxRows)
    {
        (Features, outputRank, Outputs) = CheckShape(input, output);
        FixedRows = (int?)(input.FixedRows ?? output.FixedRows);
        MaxRows = maxRows;
        this.api = api;
        this.session = session;
        inputs = new OrtHandle?[maxRows + 1];
        outputs = new OrtHandle?[maxRows + 1];
        this.input = GC.AllocateArray<float>(checked(maxRows * Features), pinned: true);
        this.output = GC.AllocateArray<float>(checked(maxRows * Outputs), pinned: true);
        inputName = PinnedName(input.Name);
        outputName = PinnedName(output.Name);
        var added = false;
        session.DangerousAddRef(ref added);
        try
        {
            Prepare(1);
            Prepare(maxRows);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>F of the input [N, F].</summary>
    public int Features { get; }

    /// <summary>Scores a row: K of the output [N, K], 1 for [N].</summary>
    public int Outputs { get; }

    /// <summary>The rows that every run must have, of a model that was exported for just so many; null when any number will do.</summary>
    public int? FixedRows { get; }

    /// <summary>The most rows of one run.</summary>
    public int MaxRows { get; }

    /// <summary>Where rows go, row-major: row r, feature f at <c>r * Features + f</c>. Good until disposal.</summary>
    public Span<float> Input
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return input;
        }
    }

    /// <summary>The scores of the rows of the last run, row-major: row r, score k at <c>r * Outputs + k</c>. Good until disposal.</summary>
    public ReadOnlySpan<float> Output
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return output;
        }
    }

    /// <summary>Scores the first <paramref name="rows"/> rows of <see cref="Input"/>.</summary>
    /// <param name="rows">1 to <see cref="MaxRows"/>.</param>
    /// <exception cref="OnnxRuntimeException">The model failed, or takes another number of rows at a time.</exception>
    public void Run(int rows)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxRows);
        if (FixedRows is { } only && only != rows)
        {
            throw new OnnxRuntimeException(OrtRun.OtherRows(only, rows));
        }

        if (inputs[rows] is null)
        {
            Prepare(rows);
        }

        // Whoever disposes of the binding meanwhile, by mistake or because the process ends, frees nothing that the runtime is using.
        OrtHandle given = inputs[rows]!, made = outputs[rows]!;
        bool holdsSession = false, holdsGiven = false, holdsMade = false;
        try
        {
            session.DangerousAddRef(ref holdsSession);
            given.DangerousAddRef(ref holdsGiven);
            made.DangerousAddRef(ref holdsMade);
            Invoke(given.DangerousGetHandle(), made.DangerousGetHandle());
        }
        finally
        {
            Release(made, holdsMade);
            Release(given, holdsGiven);
            Release(session, holdsSession);
        }
    }

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        foreach (var tensor in inputs.Concat(outputs))
        {
            tensor?.Dispose();
        }

        session.DangerousRelease();
    }

    private static (int Features, int OutputRank, int Outputs) CheckShape(OnnxTensorInfo input, OnnxTensorInfo output)
    {
        if (input is not { ElementType: OnnxElementType.Float, Dimensions: [_, > 0 and <= 1_000_000] })
        {
            throw new OnnxRuntimeException($"The input {input} is not supported: one Float[-1, F] is.");
        }

        if (output is not { ElementType: OnnxElementType.Float, Dimensions: [_] or [_, >= 1 and <= 10_000] })
        {
            throw new OnnxRuntimeException($"The output {output} is not supported: one Float[-1] or Float[-1, K] is.");
        }

        return ((int)input.Dimensions[1], output.Dimensions.Count, output.Dimensions is [_, var several] ? (int)several : 1);
    }

    private void Prepare(int rows)
    {
        if (inputs[rows] is not null)
        {
            return;
        }

        outputs[rows] = api.CreateTensor(At(output), (nuint)rows * (nuint)Outputs, outputRank == 1 ? [rows] : [rows, Outputs]);
        inputs[rows] = api.CreateTensor(At(input), (nuint)rows * (nuint)Features, [rows, Features]);
    }

    private void Invoke(nint from, nint to)
    {
        var target = to;
        var fromName = At(inputName);
        var toName = At(outputName);
        api.Check(api.Run(session.DangerousGetHandle(), 0, &fromName, &from, 1, &toName, 1, &target));
        GC.KeepAlive(this);
        if (target != to)
        {
            throw new InvalidOperationException("ONNX Runtime answered in a tensor of its own.");
        }
    }

    private static void Release(OrtHandle handle, bool holds)
    {
        if (holds)
        {
            handle.DangerousRelease();
        }
    }

    private static byte[] PinnedName(string name)
    {
        // The last byte stays 0, as C wants it.
        var utf8 = GC.AllocateArray<byte>(Encoding.UTF8.GetByteCount(name) + 1, pinned: true);
        Encoding.UTF8.GetBytes(name, utf8);
        return utf8;
    }

    /// <summary>The address of a pinned array, which this object keeps alive.</summary>
    private static T* At<T>(T[] pinned)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
