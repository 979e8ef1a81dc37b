namespace Flyball.Native.OnnxRuntime;

/// <summary>Element types of a tensor, numbered as in <c>onnxruntime_c_api.h</c>.</summary>
public enum OnnxElementType
{
    /// <summary>Not a tensor: a map, a sequence, an optional.</summary>
    None = 0,
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    Text = 8,
    Boolean = 9,
    Float16 = 10,
    Double = 11,
    UInt32 = 12,
    UInt64 = 13,
    Complex64 = 14,
    Complex128 = 15,
    BFloat16 = 16,
}
