using System.Buffers.Binary;
using System.Text;

using Flyball.Engine.Problems;

namespace Flyball.Training.Bundles;

/// <summary>
/// The part of the zip format that needs no choices: members stored as they are, in order, without times or extras
/// (PKWARE APPNOTE 6.3, version 1.0 to extract). Below 4 GiB.
/// </summary>
internal static class StoredZip
{
    private const uint LocalSignature = 0x04034b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint EndSignature = 0x06054b50;
    private const int LocalLength = 30;
    private const int CentralLength = 46;
    private const int EndLength = 22;
    private const ushort VersionNeeded = 10;

    /// <summary>1 January 1980, the earliest date of the format: the time of packing is no part of a bundle.</summary>
    private const ushort FirstDay = 0x0021;

    public static byte[] Write(IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> members)
    {
        using var output = new MemoryStream();
        using var central = new MemoryStream();
        Span<byte> header = stackalloc byte[CentralLength];
        foreach (var (name, bytes) in members)
        {
            var at = checked((uint)output.Length);
            var crc = Crc32.Of(bytes.Span);
            header.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(header, LocalSignature);
            WriteCommon(header[4..], crc, bytes.Length, name.Length);
            output.Write(header[..LocalLength]);
            output.Write(Encoding.ASCII.GetBytes(name));
            output.Write(bytes.Span);

            header.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(header, CentralSignature);
            BinaryPrimitives.WriteUInt16LittleEndian(header[4..], VersionNeeded);
            WriteCommon(header[6..], crc, bytes.Length, name.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header[42..], at);
            central.Write(header);
            central.Write(Encoding.ASCII.GetBytes(name));
        }

        var start = checked((uint)output.Length);
        central.WriteTo(output);
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, EndSignature);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], checked((ushort)members.Count));
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], checked((ushort)members.Count));
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], checked((uint)central.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], start);
        output.Write(header[..EndLength]);
        return output.ToArray();
    }

    /// <summary>
    /// The members from the front, as slices of <paramref name="packed"/>. It reads only what <see cref="Write"/> writes; the
    /// caller compares the rest by packing again.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> packed, BundleLimits limits)
    {
        if (packed.Length > limits.TotalBytes + (limits.Members + 1L) * (LocalLength + CentralLength + 256) + EndLength)
        {
            throw new FlyballException(ModelBundle.TooLarge(limits));
        }

        var members = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        var at = 0;
        while (Starts(packed.Span[at..], LocalSignature))
        {
            if (members.Count > limits.Members)
            {
                throw new FlyballException(ModelBundle.TooLarge(limits));
            }

            if (packed.Length - at < LocalLength)
            {
                throw Damaged();
            }

            var header = packed.Span.Slice(at, LocalLength);
            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]);
            at += LocalLength;
            if (nameLength > packed.Length - at || length > packed.Length - at - nameLength)
            {
                throw Damaged();
            }

            members.Add(new(Encoding.Latin1.GetString(packed.Span.Slice(at, nameLength)), packed.Slice(at + nameLength, (int)length)));
            at += nameLength + (int)length;
        }

        return members.Count > 0 ? members : throw Damaged();
    }

    /// <summary>The fields that both headers share: version, flags, method, time, date, checksum, sizes, name length.</summary>
    private static void WriteCommon(Span<byte> to, uint crc, int length, int nameLength)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(to, VersionNeeded);
        BinaryPrimitives.WriteUInt16LittleEndian(to[8..], FirstDay);
        BinaryPrimitives.WriteUInt32LittleEndian(to[10..], crc);
        BinaryPrimitives.WriteUInt32LittleEndian(to[14..], (uint)length);
        BinaryPrimitives.WriteUInt32LittleEndian(to[18..], (uint)length);
        BinaryPrimitives.WriteUInt16LittleEndian(to[22..], checked((ushort)nameLength));
    }

    private static bool Starts(ReadOnlySpan<byte> bytes, uint signature) =>
        bytes.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == signature;

    private static FlyballException Damaged() =>
        new(new Problem("FLY1166", "The bytes are not a bundle, or are damaged.", null, "Fetch it again from where it was registered."));
}
