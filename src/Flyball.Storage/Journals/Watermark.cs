using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.Journals;

/// <summary>
/// The last seq known durable, in a small file written after each sync and never synced itself. It lags after a power
/// cut and never leads, so it may only prove that something was acknowledged. Holding it open is also the journal's lock.
/// </summary>
/// <remarks>0 magic | 4 seq | 12 checksum.</remarks>
internal sealed class Watermark : IDisposable
{
    internal const string FileName = "watermark";
    private const int Size = 16;

    private readonly SafeFileHandle file;

    private Watermark(SafeFileHandle file) => this.file = file;

    private static ReadOnlySpan<byte> Magic => "FLYw"u8;

    /// <summary>Takes the journal's lock.</summary>
    internal static Watermark Open(string directory)
    {
        try
        {
            return new(File.OpenHandle(Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException refused)
        {
            throw JournalProblems.Held(directory, refused);
        }
    }

    /// <summary>0 when the file holds no intact mark: then nothing is known.</summary>
    internal long Read()
    {
        Span<byte> bytes = stackalloc byte[Size];
        return RandomAccess.Read(file, bytes, 0) == Size
            && bytes.StartsWith(Magic)
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) == Crc32C.Of(bytes[..12])
            ? BinaryPrimitives.ReadInt64LittleEndian(bytes[4..])
            : 0;
    }

    internal void Write(long seq)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[4..], seq);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Crc32C.Of(bytes[..12]));
        RandomAccess.Write(file, bytes, 0);
    }

    public void Dispose() => file.Dispose();
}
