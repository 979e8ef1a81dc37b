using System.Collections.Frozen;
using Flyball.Contracts;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>The datatypes of the protocol.</summary>
internal enum TensorType
{
    Bool,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Int8,
    Int16,
    Int32,
    Int64,
    Fp16,
    Fp32,
    Fp64,
    Bytes,
}

/// <summary>Names and sizes of datatypes, and which of them a field takes.</summary>
internal static class TensorTypes
{
    private static readonly FrozenDictionary<string, TensorType> ByName = Enum.GetValues<TensorType>().ToFrozenDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>The name on the wire; names are case-sensitive.</summary>
    public static string NameOf(TensorType type) => type switch
    {
        TensorType.Bool => "BOOL",
        TensorType.Uint8 => "UINT8",
        TensorType.Uint16 => "UINT16",
        TensorType.Uint32 => "UINT32",
        TensorType.Uint64 => "UINT64",
        TensorType.Int8 => "INT8",
        TensorType.Int16 => "INT16",
        TensorType.Int32 => "INT32",
        TensorType.Int64 => "INT64",
        TensorType.Fp16 => "FP16",
        TensorType.Fp32 => "FP32",
        TensorType.Fp64 => "FP64",
        _ => "BYTES",
    };

    /// <summary>The datatype of a name; null when there is none.</summary>
    public static TensorType? Of(string name) => ByName.TryGetValue(name, out var type) ? type : null;

    /// <summary>Bytes of one element; 0 for texts, whose elements carry their length.</summary>
    public static int SizeOf(TensorType type) => type switch
    {
        TensorType.Bool or TensorType.Uint8 or TensorType.Int8 => 1,
        TensorType.Uint16 or TensorType.Int16 or TensorType.Fp16 => 2,
        TensorType.Uint32 or TensorType.Int32 or TensorType.Fp32 => 4,
        TensorType.Bytes => 0,
        _ => 8,
    };

    public static bool IsWhole(TensorType type) => type is >= TensorType.Uint8 and <= TensorType.Int64;

    public static bool IsReal(TensorType type) => type is TensorType.Fp16 or TensorType.Fp32 or TensorType.Fp64;

    /// <summary>The smallest and largest whole number of a datatype; those of UINT64 beyond 2^63 - 1 are not taken.</summary>
    public static (long Least, long Most) RangeOf(TensorType type) => type switch
    {
        TensorType.Uint8 => (0, byte.MaxValue),
        TensorType.Uint16 => (0, ushort.MaxValue),
        TensorType.Uint32 => (0, uint.MaxValue),
        TensorType.Uint64 => (0, long.MaxValue),
        TensorType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        TensorType.Int16 => (short.MinValue, short.MaxValue),
        TensorType.Int32 => (int.MinValue, int.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };

    /// <summary>The datatype that a field has in the model's metadata.</summary>
    public static TensorType Of(FieldKind kind) => kind switch
    {
        FieldKind.Boolean => TensorType.Bool,
        FieldKind.Integer => TensorType.Int64,
        FieldKind.Number => TensorType.Fp64,
        _ => TensorType.Bytes,
    };

    /// <summary>Whether a field of one datatype takes tensors of another: a narrower number is widened exactly, nothing else is converted.</summary>
    public static bool Takes(TensorType field, TensorType sent) =>
        field == sent || (field is TensorType.Int64 or TensorType.Fp64 && IsWhole(sent)) || (field == TensorType.Fp64 && IsReal(sent));
}
