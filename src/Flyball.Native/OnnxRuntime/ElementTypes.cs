namespace Flyball.Native.OnnxRuntime;

/// <summary>Which type of this language holds an element type. Types that tabular models have no use for are not there.</summary>
internal static class ElementTypes
{
    public static OnnxElementType Of(Type type) =>
        type == typeof(float) ? OnnxElementType.Float
        : type == typeof(double) ? OnnxElementType.Double
        : type == typeof(long) ? OnnxElementType.Int64
        : type == typeof(int) ? OnnxElementType.Int32
        : type == typeof(short) ? OnnxElementType.Int16
        : type == typeof(sbyte) ? OnnxElementType.Int8
        : type == typeof(ulong) ? OnnxElementType.UInt64
        : type == typeof(uint) ? OnnxElementType.UInt32
        : type == typeof(ushort) ? OnnxElementType.UInt16
        : type == typeof(byte) ? OnnxElementType.UInt8
        : type == typeof(bool) ? OnnxElementType.Boolean
        : type == typeof(Half) ? OnnxElementType.Float16
        : type == typeof(string) ? OnnxElementType.Text
        : OnnxElementType.None;

    /// <summary>Null for a type that no array here holds.</summary>
    public static Array? NewArray(OnnxElementType type, int length) => type switch
    {
        OnnxElementType.Float => new float[length],
        OnnxElementType.Double => new double[length],
        OnnxElementType.Int64 => new long[length],
        OnnxElementType.Int32 => new int[length],
        OnnxElementType.Int16 => new short[length],
        OnnxElementType.Int8 => new sbyte[length],
        OnnxElementType.UInt64 => new ulong[length],
        OnnxElementType.UInt32 => new uint[length],
        OnnxElementType.UInt16 => new ushort[length],
        OnnxElementType.UInt8 => new byte[length],
        OnnxElementType.Boolean => new bool[length],
        OnnxElementType.Float16 => new Half[length],
        OnnxElementType.Text => new string[length],
        _ => null,
    };

    /// <summary>Bytes of one element in memory; 0 for texts.</summary>
    public static int WidthOf(OnnxElementType type) => type switch
    {
        OnnxElementType.Float or OnnxElementType.Int32 or OnnxElementType.UInt32 => 4,
        OnnxElementType.Double or OnnxElementType.Int64 or OnnxElementType.UInt64 => 8,
        OnnxElementType.Int16 or OnnxElementType.UInt16 or OnnxElementType.Float16 => 2,
        OnnxElementType.Int8 or OnnxElementType.UInt8 or OnnxElementType.Boolean => 1,
        _ => 0,
    };
}
