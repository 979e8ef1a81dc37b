namespace Flyball.Training.Onnx;

/// <summary>How a protobuf field is laid out. Groups (3 and 4) are not used by ONNX.</summary>
internal enum WireKind
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
