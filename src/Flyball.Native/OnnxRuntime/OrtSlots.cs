namespace Flyball.Native.OnnxRuntime;

/// <summary>Ordinals of functions in the table of <c>onnxruntime_c_api.h</c>; the order never changes, and all are in version 17 of it.</summary>
internal static class OrtSlots
{
    public const int Run = 9;
    public const int SessionGetInputTypeInfo = 33;
    public const int SessionGetOutputTypeInfo = 34;
    public const int CreateTensorAsOrtValue = 48;
    public const int GetTensorMutableData = 51;
    public const int GetStringTensorDataLength = 53;
    public const int GetStringTensorContent = 54;
    public const int CastTypeInfoToTensorInfo = 55;
    public const int GetOnnxTypeFromTypeInfo = 56;
    public const int GetTensorElementType = 60;
    public const int GetDimensionsCount = 61;
    public const int GetDimensions = 62;
    public const int GetSymbolicDimensions = 63;
    public const int GetTensorTypeAndShape = 65;
    public const int GetValueType = 67;
    public const int GetValue = 80;
    public const int GetValueCount = 81;
    public const int ReleaseValue = 96;
    public const int ReleaseTypeInfo = 98;
    public const int ReleaseTensorTypeAndShapeInfo = 99;
    public const int CastTypeInfoToMapTypeInfo = 103;
    public const int CastTypeInfoToSequenceTypeInfo = 104;
    public const int GetMapKeyType = 105;
    public const int GetMapValueType = 106;
    public const int GetSequenceElementType = 107;

    /// <summary>A text's memory by its length: the functions that fill from C strings end at the first NUL.</summary>
    public const int GetResizedStringTensorElementBuffer = 252;
}
