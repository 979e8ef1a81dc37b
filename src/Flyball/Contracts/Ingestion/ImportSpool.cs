using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// The body of an import as a file in the data directory: memory stays constant, a slow sender holds nothing up, and a body that is cut short
/// never reaches the gate. The file goes with this object.
/// </summary>
internal sealed class ImportSpool(string path) : IDisposable
{
    /// <summary>ENOSPC and EDQUOT of Linux; macOS has 69 for the second.</summary>
    private static readonly int[] NoRoom = [28, 69, 122];

    private const int Step = 1 << 17;

    public string Path => path;

    /// <summary>Null when the whole body is there.</summary>
    public async Task<Problem?> FillAsync(Stream body, bool isPacked, long most, CancellationToken ct)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
            await using var content = isPacked ? PackedBody.Unpack(body) : body;
            var buffer = new byte[Step];
            int read;
            for (long length = 0; (read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct)) > 0; length += read)
            {
                if (length + read > most)
                {
                    return new Problem("FLY4013", FormattableString.Invariant($"The file is larger than {most} bytes."), Remedy: "Send several files. Nothing was stored.");
                }

                await file.WriteAsync(buffer.AsMemory(0, read), ct);
            }

            return null;
        }
        catch (InvalidDataException) when (isPacked)
        {
            return PackedBody.Broken;
        }
        catch (IOException full) when (NoRoom.Contains(full.HResult))
        {
            return new Problem("FLY3023", "The server's disk has no room for the file.", Remedy: "Make room where the data directory is, then send the file again. Nothing was stored.");
        }
    }

    public void Dispose()
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }
}
