using System.Runtime.InteropServices;

namespace Flyball.Training.Onnx;

/// <summary>Looks for NaN among constants as they stand in the file.</summary>
internal static class OnnxNumbers
{
    private const ulong Float = 1;
    private const ulong Float16 = 10;
    private const ulong Double = 11;
    private const ulong BFloat16 = 16;

    /// <param name="raw">Values one after the other, little-endian.</param>
    /// <param name="dataType">As TensorProto.DataType numbers it; whole numbers are never NaN.</param>
    public static bool HasNaN(ReadOnlySpan<byte> raw, ulong dataType) => dataType switch
    {
        Float => HasNaN(MemoryMarshal.Cast<byte, float>(raw)),
        Double => HasNaN(MemoryMarshal.Cast<byte, double>(raw)),
        Float16 => HasNaN(MemoryMarshal.Cast<byte, Half>(raw)),
        BFloat16 => HasBFloatNaN(MemoryMarshal.Cast<byte, ushort>(raw)),
        _ => false,
    };

    public static bool HasNaN(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (float.IsNaN(value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasNaN(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasNaN(ReadOnlySpan<Half> values)
    {
        foreach (var value in values)
        {
            if (Half.IsNaN(value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The upper half of a float: all bits of the exponent, and one of the fraction.</summary>
    private static bool HasBFloatNaN(ReadOnlySpan<ushort> values)
    {
        foreach (var value in values)
        {
            if ((value & 0x7FFF) > 0x7F80)
            {
                return true;
            }
        }

        return false;
    }
}
