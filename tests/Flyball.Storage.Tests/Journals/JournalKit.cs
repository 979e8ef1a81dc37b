using System.Text;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Storage.Tests.Journals;

/// <summary>Short ways of saying what the tests say often.</summary>
internal static class JournalKit
{
    internal static Journal Open(string directory, JournalOptions? options = null, IJournalDisk? disk = null, TimeProvider? time = null) =>
        Journal.Open(directory, options ?? new(), time ?? TimeProvider.System, disk ?? new PosixDisk());

    internal static JournalBatch Batch(params string[] payloads) =>
        new([.. payloads.Select(p => new JournalEntry("s", Encoding.UTF8.GetBytes(p)))]);

    internal static JournalBatch Keyed(string key, string request, string answer) =>
        Batch(request) with { Key = new(key, Digest.Of(request), Encoding.UTF8.GetBytes(answer)) };

    internal static ValueTask<AppendReceipt> Append(this Journal journal, params string[] payloads) =>
        journal.AppendAsync(Batch(payloads), CancellationToken.None);

    internal static string Text(this ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    internal static string[] Payloads(this Journal journal) =>
        [.. journal.Read(new(0), Horizon.Unbounded).Select(r => r.Payload.Text())];

    internal static string LastSegment(string directory) => SegmentHeader.FilesIn(directory)[^1];
}
