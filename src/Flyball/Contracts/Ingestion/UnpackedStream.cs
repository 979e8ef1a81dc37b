using System.IO.Compression;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// What a gzip stream of one or more members unpacks to. Where it ends, all packed bytes were used; a damaged beginning of a member, or bytes that are no
/// member, end it with an <see cref="InvalidDataException"/> and not quietly. Not thread-safe.
/// </summary>
internal sealed class UnpackedStream : Stream
{
    private readonly Stream packed;
    private readonly bool leaveOpen;
    private readonly PackedSource source;
    private readonly GZipStream unpacking;

    /// <param name="packed">The packed bytes.</param>
    /// <param name="leaveOpen">It is somebody else's.</param>
    public UnpackedStream(Stream packed, bool leaveOpen)
    {
        (this.packed, this.leaveOpen) = (packed, leaveOpen);
        source = new PackedSource(packed);
        unpacking = new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
    }

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

    public override int Read(Span<byte> buffer) => Checked(unpacking.Read(buffer), buffer.Length);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Checked(await unpacking.ReadAsync(buffer, cancellationToken), buffer.Length);

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            unpacking.Dispose();
            source.Dispose();
            if (!leaveOpen)
            {
                packed.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private int Checked(int read, int asked) => read > 0 || asked == 0 || source.IsUsedUp
        ? read
        : throw new InvalidDataException("bytes follow the packed stream that are no other one: its beginning is damaged, or they do not belong here.");
}
