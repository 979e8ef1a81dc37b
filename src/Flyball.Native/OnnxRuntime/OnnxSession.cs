namespace Flyball.Native.OnnxRuntime;

/// <summary>A loaded model. Thread-safe: one session a model, one <see cref="OnnxBinding"/> a thread.</summary>
public sealed class OnnxSession : IDisposable
{
    private readonly OrtHandle handle;
    private bool disposed;

    private OnnxSession(OrtHandle handle, IReadOnlyList<OnnxTensorInfo> inputs, IReadOnlyList<OnnxTensorInfo> outputs)
    {
        this.handle = handle;
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary>Version of the loaded library, such as <c>1.30.0</c>.</summary>
    public static string LibraryVersion => OrtApi.Loaded.Version;

    public IReadOnlyList<OnnxTensorInfo> Inputs { get; }

    public IReadOnlyList<OnnxTensorInfo> Outputs { get; }

    /// <summary>Loads a model; the bytes are not needed afterwards.</summary>
    /// <exception cref="OnnxRuntimeException">The bytes are not a model that ONNX Runtime runs.</exception>
    /// <exception cref="Loading.NativeLibraryException">The library is missing.</exception>
    public static OnnxSession Load(ReadOnlySpan<byte> model, OnnxSessionOptions? options = null)
    {
        var api = OrtApi.Loaded;
        if (model.IsEmpty)
        {
            throw new OnnxRuntimeException("The model is empty.");
        }

        using var settings = api.CreateOptions(options ?? new());
        var session = api.CreateSession(model, settings);
        try
        {
            return new(session, api.Describe(session, inputs: true), api.Describe(session, inputs: false));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Memory and tensors to run up to <paramref name="maxRows"/> rows at a time, allocated once. It keeps the session alive.
    /// </summary>
    /// <param name="maxRows">At least 1.</param>
    /// <exception cref="OnnxRuntimeException">
    /// The model is not of the shape served today: one float32 input [N, F] and one float32 output [N] or [N, K].
    /// </exception>
    public OnnxBinding Bind(int maxRows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);

        // The handle itself stays open while a binding holds it.
        ObjectDisposedException.ThrowIf(disposed, this);
        return new(OrtApi.Loaded, handle, One(Inputs, "input"), One(Outputs, "output"), maxRows);
    }

    /// <summary>
    /// Runs the model once on values of any type it takes, and gives all its outputs by name. It copies values in and out and allocates:
    /// rows of floats that come one by one are run by <see cref="Bind"/>.
    /// </summary>
    /// <param name="inputs">One tensor for each input, by its name.</param>
    /// <exception cref="OnnxRuntimeException">
    /// An input is missing, unknown, of another type or of a shape that the model does not take (a fixed number of rows is named), or the model failed.
    /// </exception>
    public IReadOnlyDictionary<string, RuntimeValue> Run(IReadOnlyDictionary<string, RuntimeTensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ObjectDisposedException.ThrowIf(disposed, this);
        return OrtRun.Run(OrtApi.Loaded, handle, (Inputs, Outputs), inputs);
    }

    public void Dispose()
    {
        disposed = true;
        handle.Dispose();
    }

    private static OnnxTensorInfo One(IReadOnlyList<OnnxTensorInfo> tensors, string what) =>
        tensors.Count == 1
            ? tensors[0]
            : throw new OnnxRuntimeException($"The model has {tensors.Count} {what}s ({string.Join("; ", tensors)}); one is supported.");
}
