namespace Flyball.Contracts.Ingestion;

/// <summary>
/// The packed bytes below an unpacking stream, which tells whether that stream used all of them. The runtime stops at the first byte after a member
/// that begins no other one, and says nothing of what it leaves.
/// <list type="number">
/// <item>A stream that used all bytes asks for more, to see whether another member follows: it has met the end.</item>
/// <item>One that stopped before the end never asks again.</item>
/// <item>Zeros may pad a packed stream. A run of them is held back until it is known what follows it, and at the end given one by one: whoever stops in it
/// left nothing else.</item>
/// </list>
/// Not thread-safe.
/// </summary>
internal sealed class PackedSource(Stream inner) : Stream
{
    private readonly byte[] ahead = new byte[1 << 16];

    // Zeros that stand before what was read last, and those after it.
    private long before;
    private long zeros;

    private int start;
    private int end;
    private bool isOver;

    /// <summary>Every byte was asked for, but for zeros at the end.</summary>
    public bool IsUsedUp { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (NeedsMore)
        {
            Take(inner.Read(ahead));
        }

        return Give(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (NeedsMore)
        {
            Take(await inner.ReadAsync(ahead, cancellationToken));
        }

        return Give(buffer.Span);
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool NeedsMore => start == end && !isOver;

    /// <summary>What was read stands in front; zeros at its end go to those held back.</summary>
    private void Take(int read)
    {
        isOver = read == 0;
        start = 0;
        end = ahead.AsSpan(0, read).LastIndexOfAnyExcept((byte)0) + 1;
        if (end == 0)
        {
            zeros += read;
            return;
        }

        (before, zeros) = (zeros, read - end);
    }

    private int Give(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (before > 0)
        {
            var padding = (int)Math.Min(before, buffer.Length);
            buffer[..padding].Clear();
            before -= padding;
            return padding;
        }

        var given = Math.Min(end - start, buffer.Length);
        if (given > 0)
        {
            ahead.AsSpan(start, given).CopyTo(buffer);
            start += given;
            return given;
        }

        IsUsedUp = true;
        if (zeros == 0)
        {
            return 0;
        }

        zeros--;
        buffer[0] = 0;
        return 1;
    }
}
