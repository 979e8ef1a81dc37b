using Flyball.Engine.Time;
using Flyball.Storage.Journals;
using Flyball.Workspaces;

namespace Flyball.Serving.Streams;

/// <summary>
/// The log of all output streams, beside the event log and the prediction log in the data directory. Opened with the first stream that is declared or
/// read. Thread-safe.
/// </summary>
internal sealed class StreamJournal(Workspace workspace) : IAsyncDisposable
{
    private const string Folder = "streams";

    private readonly Lazy<Journal> journal = new(() => Journal.Open(Path.Combine(workspace.Directory.Root, Folder), new JournalOptions(), workspace.Time));

    /// <summary>Its last durable record.</summary>
    public Horizon Durable => journal.Value.Durable;

    /// <summary>Appends records of one stream, all or none, and waits until they are durable.</summary>
    /// <returns>The position of the first.</returns>
    public async Task<long> AppendAsync(string output, IEnumerable<StreamEntry> entries, CancellationToken cancellation)
    {
        var batch = new JournalBatch([.. entries.Select(e => new JournalEntry(output, e.Encode()))]);
        return (await journal.Value.AppendAsync(batch, cancellation)).First.Seq;
    }

    /// <summary>Records of one stream, or of all with null, behind a position.</summary>
    public IEnumerable<(string Output, long Seq, StreamEntry Entry)> After(Horizon after, string? output)
    {
        foreach (var record in journal.Value.Read(after, Durable))
        {
            if (output is null || record.Stream == output)
            {
                yield return (record.Stream, record.Seq, StreamEntry.Decode(record.Payload));
            }
        }
    }

    public ValueTask DisposeAsync() => journal.IsValueCreated ? journal.Value.DisposeAsync() : ValueTask.CompletedTask;
}
