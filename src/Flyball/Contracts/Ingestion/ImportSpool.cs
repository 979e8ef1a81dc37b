using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// The body of an import as a file in the data directory: memory stays constant, a slow sender holds nothing up, and a body that is cut short
/// never reaches the gate. The file goes with this object.
/// </summary>
internal sealed class ImportSpool(string path, SpoolRoom? room = null) : IDisposable
{
    /// <summary>ENOSPC and EDQUOT of Linux; macOS has 69 for the second.</summary>
    private static readonly int[] NoRoom = [28, 69, 122];

    private const int Step = 1 << 17;

    /// <summary>Bytes between two looks at the disk, of each upload.</summary>
    private const int Stride = 8 * Step;

    private static readonly Problem Full = new(
        "FLY3023", "The server's disk has no room for the file beside what its log needs.", Remedy: "Make room where the data directory is, then send the file again. Nothing was stored.");

    private readonly SpoolRoom room = room ?? SpoolRoom.Of(System.IO.Path.GetDirectoryName(path)!);

    public string Path => path;

    /// <summary>Null when the whole body is there.</summary>
    /// <param name="body">As it comes.</param>
    /// <param name="isPacked">It is a gzip stream.</param>
    /// <param name="stated">Its length, where the sender states one.</param>
    /// <param name="most">The most bytes, unpacked.</param>
    /// <param name="ct">Leaves the file cut short.</param>
    public async Task<Problem?> FillAsync(Stream body, bool isPacked, long? stated, long most, CancellationToken ct)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            if (!room.Holds(stated ?? 0))
            {
                return Full;
            }

            // The body is the server's: it is not closed here, because what is left of it is still to be taken from the wire.
            await using var unpacked = isPacked ? PackedBody.Unpack(body) : null;
            return await CopyAsync(unpacked ?? body, most, ct);
        }
        catch (InvalidDataException) when (isPacked)
        {
            return PackedBody.Broken;
        }
        catch (IOException full) when (NoRoom.Contains(full.HResult))
        {
            return Full;
        }
    }

    public void Dispose()
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    private async Task<Problem?> CopyAsync(Stream content, long most, CancellationToken ct)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        var buffer = new byte[Step];
        int read;
        for (long length = 0, looked = 0; (read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct)) > 0; length += read)
        {
            if (length + read > most)
            {
                return new Problem("FLY4013", FormattableString.Invariant($"The file is larger than {most} bytes."), Remedy: "Send several files. Nothing was stored.");
            }

            if (length >= looked + Stride)
            {
                looked = length;
                if (!room.Holds(Stride))
                {
                    return Full;
                }
            }

            await file.WriteAsync(buffer.AsMemory(0, read), ct);
        }

        return null;
    }
}
