namespace Flyball.Native.OnnxRuntime;

/// <summary>ONNX Runtime refused something, or a model is not of a shape we run; the message says which.</summary>
public sealed class OnnxRuntimeException(string message) : Exception(message);
