using System.Buffers;
using System.Security.Cryptography;
using Flyball.Engine.Identity;
using Flyball.Native.Posix;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.Blobs;

/// <summary>
/// Moves contents of any size in constant memory. Two buffers take turns: while one is being filled, the other is hashed and passed on.
/// </summary>
internal static class BlobTransfer
{
    private const int Step = 1 << 20;

    /// <summary>Writes the stream into a new file and makes it durable.</summary>
    public static async Task<(Digest Digest, long Length)> ReceiveAsync(Stream content, string path, CancellationToken ct)
    {
        var (filling, full) = (ArrayPool<byte>.Shared.Rent(Step), ArrayPool<byte>.Shared.Rent(Step));
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.Asynchronous);
            long offset = 0;
            var read = await FillAsync(content, filling, ct).ConfigureAwait(false);
            while (read > 0)
            {
                (filling, full) = (full, filling);
                var next = FillAsync(content, filling, ct);
                try
                {
                    hash.AppendData(full, 0, read);
                    RandomAccess.Write(file, full.AsSpan(0, read), offset);
                    offset += read;
                }
                finally
                {
                    // The buffer goes back to the pool: nobody may be writing into it any more.
                    read = await next.ConfigureAwait(false);
                }
            }

            PosixFile.Sync(file);
            return (Digest.FromBytes(hash.GetHashAndReset()), offset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(filling);
            ArrayPool<byte>.Shared.Return(full);
        }
    }

    /// <summary>Sends a file; its last part only when the whole has the digest.</summary>
    /// <returns>False when it has not.</returns>
    public static async Task<bool> SendAsync(SafeFileHandle file, Digest digest, Stream target, CancellationToken ct)
    {
        var (held, next) = (ArrayPool<byte>.Shared.Rent(Step), ArrayPool<byte>.Shared.Rent(Step));
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long offset = 0;
            var waiting = 0;
            while (true)
            {
                var read = RandomAccess.Read(file, next.AsSpan(0, Step), offset);
                if (read == 0)
                {
                    break;
                }

                var sent = target.WriteAsync(held.AsMemory(0, waiting), ct);
                hash.AppendData(next, 0, read);
                await sent.ConfigureAwait(false);
                (held, next, waiting) = (next, held, read);
                offset += read;
            }

            if (Digest.FromBytes(hash.GetHashAndReset()) != digest)
            {
                return false;
            }

            await target.WriteAsync(held.AsMemory(0, waiting), ct).ConfigureAwait(false);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(held);
            ArrayPool<byte>.Shared.Return(next);
        }
    }

    /// <summary>Sends a part of a file that was verified.</summary>
    public static async Task SendPartAsync(SafeFileHandle file, long from, long length, Stream target, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            while (length > 0)
            {
                var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(Step, length)), from);
                if (read == 0)
                {
                    throw new EndOfStreamException("The stored content ends before the part that was asked for.");
                }

                await target.WriteAsync(buffer.AsMemory(0, read), ct).ConfigureAwait(false);
                (from, length) = (from + read, length - read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> FillAsync(Stream content, byte[] buffer, CancellationToken ct) =>
        await content.ReadAtLeastAsync(buffer.AsMemory(0, Step), Step, throwOnEndOfStream: false, ct).ConfigureAwait(false);
}
