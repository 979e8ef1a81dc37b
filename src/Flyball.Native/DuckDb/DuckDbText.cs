using System.Runtime.InteropServices;

namespace Flyball.Native.DuckDb;

/// <summary>
/// Layout of <c>duckdb_string_t</c>: the length, then up to 12 bytes in place, or the first four of them and a pointer to all.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct DuckDbText
{
    public const int MostInPlace = 12;

    [FieldOffset(0)]
    private uint length;

    [FieldOffset(4)]
    private fixed byte inPlace[MostInPlace];

    [FieldOffset(8)]
    private byte* pointer;

    /// <summary>The bytes, wherever they are. The value itself must not move: read it in DuckDB's memory.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            fixed (byte* here = inPlace)
            {
                return new(length <= MostInPlace ? here : pointer, checked((int)length));
            }
        }
    }

    /// <summary>Stores a text of at most 12 bytes. The rest is zeroed: DuckDB compares whole words.</summary>
    public void SetInPlace(ReadOnlySpan<byte> text)
    {
        length = (uint)text.Length;
        fixed (byte* here = inPlace)
        {
            var room = new Span<byte>(here, MostInPlace);
            room[text.Length..].Clear();
            text.CopyTo(room);
        }
    }
}
