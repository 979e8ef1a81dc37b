using System.Buffers.Binary;
using System.Text;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.Snapshots;

/// <summary>
/// State that a log brings about, in one file, so that a start need not read the whole log.
/// 1. A head, then blocks of bytes, one behind the other. 2. A table: the position in the log, and of each section its name, its identity and
/// its blocks with their checksums. 3. A tail of fixed length that finds the table and checks it. The file gets its name when all of it is
/// synced: what is there under the name is whole, or the disk changed it.
/// </summary>
public sealed class SnapshotFile : IDisposable
{
    internal const int TailSize = 24;
    internal const int MostTableBytes = 256 << 20;

    private readonly SafeFileHandle file;
    private readonly Dictionary<string, SnapshotSection> sections;

    private SnapshotFile(SafeFileHandle file, SnapshotPosition position, Dictionary<string, SnapshotSection> sections)
    {
        this.file = file;
        this.sections = sections;
        Position = position;
    }

    public SnapshotPosition Position { get; }

    internal static ReadOnlySpan<byte> Head => "FLYSNAP\u0001"u8;

    internal static ReadOnlySpan<byte> Tail => "FLYSNEND"u8;

    /// <summary>Null, with the reason, when the file is cut short or damaged; with no reason when there is none.</summary>
    public static SnapshotFile? Open(string path, out string? defect)
    {
        defect = null;
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            defect = refused.Message;
            return null;
        }

        SnapshotFile? opened = null;
        try
        {
            opened = Read(handle, out defect);
            return opened;
        }
        catch (Exception damaged) when (damaged is IOException or ArgumentException or OverflowException)
        {
            defect = "its table cannot be read";
            return null;
        }
        finally
        {
            if (opened is null)
            {
                handle.Dispose();
            }
        }
    }

    /// <summary>Null when there is none of this name.</summary>
    public SnapshotSection? Find(string name) => sections.GetValueOrDefault(name);

    public void Dispose() => file.Dispose();

    private static SnapshotFile? Read(SafeFileHandle file, out string? defect)
    {
        var length = RandomAccess.GetLength(file);
        Span<byte> head = stackalloc byte[8];
        Span<byte> tail = stackalloc byte[TailSize];
        if (length < head.Length + TailSize || !Fill(file, head, 0) || !head.SequenceEqual(Head) || !Fill(file, tail, length - TailSize) || !tail[16..].SequenceEqual(Tail))
        {
            defect = "it is cut short, or no snapshot";
            return null;
        }

        var at = BinaryPrimitives.ReadInt64LittleEndian(tail);
        var size = BinaryPrimitives.ReadInt32LittleEndian(tail[8..]);
        var table = size is > 0 and <= MostTableBytes && at >= head.Length && at + size == length - TailSize ? new byte[size] : [];
        if (table.Length == 0 || !Fill(file, table, at) || Crc32C.Of(table) != BinaryPrimitives.ReadUInt32LittleEndian(tail[12..]))
        {
            defect = "its table is damaged";
            return null;
        }

        defect = null;
        return ReadTable(file, table);
    }

    private static SnapshotFile ReadTable(SafeFileHandle file, byte[] table)
    {
        using var reader = new BinaryReader(new MemoryStream(table), Encoding.UTF8);
        var position = new SnapshotPosition(new Horizon(reader.ReadInt64()), new Horizon(reader.ReadInt64()), reader.ReadUInt64());
        var found = new Dictionary<string, SnapshotSection>(StringComparer.Ordinal);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var name = reader.ReadString();
            var identity = Digest.FromBytes(reader.ReadBytes(32));
            var blocks = new SnapshotBlock[reader.ReadInt32()];
            for (var i = 0; i < blocks.Length; i++)
            {
                blocks[i] = new SnapshotBlock(reader.ReadInt64(), reader.ReadInt32(), reader.ReadUInt32());
            }

            found.Add(name, new SnapshotSection(name, identity, file, blocks));
        }

        return new SnapshotFile(file, position, found);
    }

    private static bool Fill(SafeFileHandle file, Span<byte> into, long offset)
    {
        var filled = 0;
        while (filled < into.Length)
        {
            var read = RandomAccess.Read(file, into[filled..], offset + filled);
            if (read == 0)
            {
                return false;
            }

            filled += read;
        }

        return true;
    }
}
