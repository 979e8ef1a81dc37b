using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Flyball.Training.Leakage;

/// <summary>Names a row by its inputs and label.</summary>
internal static class RowHash
{
    public static UInt128 Of(ReadOnlySpan<float> inputs, float label)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var bytes = new byte[(inputs.Length + 1) * sizeof(float)];
        MemoryMarshal.AsBytes(inputs).CopyTo(bytes);
        BitConverter.TryWriteBytes(bytes.AsSpan(inputs.Length * sizeof(float)), label);
        SHA256.HashData(bytes, digest);
        return MemoryMarshal.Read<UInt128>(digest);
    }
}
