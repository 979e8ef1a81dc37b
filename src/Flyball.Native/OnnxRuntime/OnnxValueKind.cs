namespace Flyball.Native.OnnxRuntime;

/// <summary>What an input or output of a model is, numbered as in <c>onnxruntime_c_api.h</c>.</summary>
public enum OnnxValueKind
{
    /// <summary>The model does not say.</summary>
    Unknown = 0,
    Tensor = 1,
    Sequence = 2,
    Map = 3,

    /// <summary>A type of a library of its own.</summary>
    Opaque = 4,
    SparseTensor = 5,
    Optional = 6,
}
