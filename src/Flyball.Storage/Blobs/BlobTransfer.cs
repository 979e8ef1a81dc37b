using System.Buffers;
using System.Security.Cryptography;
using System.Threading.Channels;
using Flyball.Engine.Identity;
using Flyball.Native.Posix;
using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.Blobs;

/// <summary>
/// Moves contents of any size in constant memory. A few buffers take turns: while one is being filled, others are hashed and passed on.
/// </summary>
internal static class BlobTransfer
{
    private const int Step = 1 << 20;
    private const int Buffers = 4;

    /// <summary>Bytes after which the disk is told to begin.</summary>
    private const int Stretch = 8 << 20;

    /// <summary>Writes the stream into a new file and makes it durable.</summary>
    public static async Task<(Digest Digest, long Length)> ReceiveAsync(Stream content, string path, CancellationToken ct)
    {
        var buffers = Enumerable.Range(0, Buffers).Select(_ => ArrayPool<byte>.Shared.Rent(Step)).ToArray();
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
            var free = Channel.CreateBounded<byte[]>(Buffers);
            var full = Channel.CreateBounded<(byte[] Buffer, int Length)>(Buffers);
            Array.ForEach(buffers, b => free.Writer.TryWrite(b));
            var storing = StoreAsync(full.Reader, free.Writer, hash, file);
            try
            {
                await ReadAsync(content, free.Reader, full.Writer, ct).ConfigureAwait(false);
            }
            finally
            {
                // The buffers go back to the pool: nobody may be reading them any more. What storing met, such as a full disk, is the reason then.
                full.Writer.Complete();
                await storing.ConfigureAwait(false);
            }

            var length = await storing.ConfigureAwait(false);
            PosixFile.Sync(file);
            return (Digest.FromBytes(hash.GetHashAndReset()), length);
        }
        finally
        {
            Array.ForEach(buffers, b => ArrayPool<byte>.Shared.Return(b));
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

    private static async Task ReadAsync(Stream content, ChannelReader<byte[]> free, ChannelWriter<(byte[] Buffer, int Length)> full, CancellationToken ct)
    {
        while (true)
        {
            var buffer = await free.ReadAsync(ct).ConfigureAwait(false);
            var read = await content.ReadAtLeastAsync(buffer.AsMemory(0, Step), Step, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }

            await full.WriteAsync((buffer, read), ct).ConfigureAwait(false);
        }
    }

    /// <summary>Hashes and writes what was read, on a thread of its own, and has the disk begin at once: the sync at the end would wait for all of it.</summary>
    private static async Task<long> StoreAsync(ChannelReader<(byte[] Buffer, int Length)> full, ChannelWriter<byte[]> free, IncrementalHash hash, SafeFileHandle file)
    {
        try
        {
            long length = 0, begun = 0;
            await foreach (var (buffer, read) in full.ReadAllAsync().ConfigureAwait(false))
            {
                RandomAccess.Write(file, buffer.AsSpan(0, read), length);
                length += read;
                if (length - begun >= Stretch)
                {
                    PosixFile.BeginWriting(file, begun, length - begun);
                    begun = length;
                }

                hash.AppendData(buffer, 0, read);
                free.TryWrite(buffer);
            }

            return length;
        }
        finally
        {
            // Whoever waits for a buffer would wait for ever.
            free.Complete();
        }
    }
}
