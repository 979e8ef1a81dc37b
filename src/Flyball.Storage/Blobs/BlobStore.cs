using System.Globalization;
using System.Security.Cryptography;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.Blobs;

/// <summary>Immutable contents by their SHA-256. Callers give bytes and get a name; no caller names a path.</summary>
/// <remarks>Safe from any thread. A content is durable when <c>Put</c> returns, and verified whenever it is read.</remarks>
public sealed class BlobStore
{
    private const int Step = 128 << 10;

    private readonly string root;
    private readonly string incoming;
    private long temporaries;

    private BlobStore(string root)
    {
        this.root = root;
        incoming = Path.Combine(root, "incoming");
    }

    /// <summary>Opens or creates the store of a directory, and removes what uploads of an earlier process left unfinished.</summary>
    public static BlobStore Open(string directory)
    {
        var store = new BlobStore(Path.GetFullPath(directory));
        PosixFile.CreateDirectory(store.incoming);
        foreach (var unfinished in Directory.GetFiles(store.incoming))
        {
            File.Delete(unfinished);
        }

        return store;
    }

    /// <summary>Stores the bytes, once however often they are put. Cost: one hash, and two syncs when they are new.</summary>
    public Digest Put(ReadOnlySpan<byte> content)
    {
        var digest = Digest.Of(content);
        if (!TryKeep(digest))
        {
            var temporary = Temporary();
            try
            {
                using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
                {
                    RandomAccess.Write(file, content, 0);
                    PosixFile.Sync(file);
                }

                Publish(temporary, digest);
            }
            finally
            {
                File.Delete(temporary);
            }
        }

        return digest;
    }

    /// <summary>Stores what the stream holds from here to its end, without holding it in memory.</summary>
    public Digest Put(Stream content)
    {
        var temporary = Temporary();
        try
        {
            Digest digest;
            using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                var buffer = new byte[Step];
                long offset = 0;
                int read;
                while ((read = content.Read(buffer)) > 0)
                {
                    hash.AppendData(buffer.AsSpan(0, read));
                    RandomAccess.Write(file, buffer.AsSpan(0, read), offset);
                    offset += read;
                }

                PosixFile.Sync(file);
                digest = Digest.FromBytes(hash.GetHashAndReset());
            }

            if (!TryKeep(digest))
            {
                Publish(temporary, digest);
            }

            return digest;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Stores what the stream holds from here to its end, in constant memory: read, hash and write go on side by side.</summary>
    /// <returns>Its name and how many bytes there were.</returns>
    public async Task<(Digest Digest, long Length)> PutAsync(Stream content, CancellationToken ct)
    {
        var temporary = Temporary();
        try
        {
            var (digest, length) = await BlobTransfer.ReceiveAsync(content, temporary, ct).ConfigureAwait(false);
            if (!TryKeep(digest))
            {
                Publish(temporary, digest);
            }

            return (digest, length);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>How many bytes are stored under this digest.</summary>
    /// <exception cref="FlyballException">FLY2011: nothing was put under it.</exception>
    public long LengthOf(Digest digest) => new FileInfo(PathOf(digest)) is { Exists: true } file ? file.Length : throw Absent(digest, null);

    /// <summary>
    /// Copies the content in constant memory and verifies it on the way: its last bytes are only sent when the whole is intact, so whoever
    /// receives less than the length has seen damage.
    /// </summary>
    /// <exception cref="FlyballException">FLY2010: damaged; the end was not sent. FLY2011: nothing was put under this digest.</exception>
    public async Task CopyToAsync(Digest digest, Stream target, CancellationToken ct)
    {
        using var file = OpenContent(digest);
        if (!await BlobTransfer.SendAsync(file, digest, target, ct).ConfigureAwait(false))
        {
            throw Damaged(digest);
        }
    }

    /// <summary>Copies a part of the content, after the whole was verified. Cost: one read and one hash of all, then the part.</summary>
    /// <exception cref="FlyballException">FLY2010: damaged; nothing was sent. FLY2011: nothing was put under this digest.</exception>
    public async Task CopyToAsync(Digest digest, long from, long length, Stream target, CancellationToken ct)
    {
        using var file = OpenContent(digest);
        if (!await BlobTransfer.SendAsync(file, digest, Stream.Null, ct).ConfigureAwait(false))
        {
            throw Damaged(digest);
        }

        await BlobTransfer.SendPartAsync(file, from, length, target, ct).ConfigureAwait(false);
    }

    /// <summary>The content, verified. Cost: one read and one hash.</summary>
    /// <exception cref="FlyballException">FLY2010: the stored bytes are not the ones that were put. FLY2011: nothing was put under this digest.</exception>
    public byte[] Read(Digest digest)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(PathOf(digest));
        }
        catch (IOException absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Absent(digest, absent);
        }

        return Digest.Of(content) == digest ? content : throw Damaged(digest);
    }

    /// <summary>Something is stored under this digest; only <see cref="Read"/> says whether it is intact.</summary>
    public bool Contains(Digest digest) => File.Exists(PathOf(digest));

    /// <summary>Every stored digest, in order.</summary>
    public IEnumerable<Digest> All()
    {
        foreach (var shard in Directory.GetDirectories(root).Order(StringComparer.Ordinal))
        {
            foreach (var file in Directory.GetFiles(shard).Order(StringComparer.Ordinal))
            {
                if (Digest.TryParse(Path.GetFileName(file), out var digest))
                {
                    yield return digest;
                }
            }
        }
    }

    private static FlyballException Absent(Digest digest, Exception? inner) =>
        new(new Problem("FLY2011", $"There is no content {digest}.", Remedy: "Upload it first."), inner);

    private FlyballException Damaged(Digest digest) => new(new Problem(
        "FLY2010",
        $"The content stored as {digest} has changed on disk.",
        new ProblemLocation(PathOf(digest)), "Restore it from a backup, or put the original again: that replaces the damaged copy."));

    private SafeFileHandle OpenContent(Digest digest)
    {
        try
        {
            return File.OpenHandle(PathOf(digest), options: FileOptions.SequentialScan);
        }
        catch (IOException absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Absent(digest, absent);
        }
    }

    private string PathOf(Digest digest) => Path.Combine(root, digest.Hex[..2], digest.Hex);

    private string Temporary() => Path.Combine(
        incoming,
        string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Interlocked.Increment(ref temporaries)}"));

    /// <summary>True when an intact copy is there and its name is durable; another thread may have renamed it a moment ago.</summary>
    private bool TryKeep(Digest digest)
    {
        var path = PathOf(digest);
        if (!File.Exists(path))
        {
            return false;
        }

        using (var stored = File.OpenRead(path))
        {
            if (Digest.Of(stored) != digest)
            {
                return false;
            }
        }

        PosixFile.SyncDirectory(Path.GetDirectoryName(path)!);
        return true;
    }

    private void Publish(string temporary, Digest digest)
    {
        var path = PathOf(digest);
        var shard = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(shard);
        PosixFile.SyncDirectory(root);
        PosixFile.Rename(temporary, path);
        PosixFile.SyncDirectory(shard);
    }
}
