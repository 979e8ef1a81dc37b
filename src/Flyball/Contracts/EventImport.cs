using Flyball.Access;
using Flyball.Engine.Problems;

namespace Flyball.Contracts;

/// <summary>
/// Puts a file of history into the log, batch by batch. In a source with a primary key it may be stopped and run again at any point: what
/// is stored already counts as duplicates.
/// </summary>
public static class EventImport
{
    private const int RowsPerBatch = 2_000;

    /// <param name="log">Replayed.</param>
    /// <param name="source">The source the rows belong to.</param>
    /// <param name="path">See <see cref="EventFile"/> for the forms.</param>
    /// <param name="knownAt">History that is imported today with an assigned known-at is invisible to any prediction instant before today; state
    /// <see cref="KnownAtPolicy.EventTime"/> when the rows were known as they happened.</param>
    /// <param name="caller">Who imports.</param>
    /// <param name="onProgress">Called after each batch.</param>
    /// <param name="ct">Stops between batches; what was reported is durable.</param>
    /// <exception cref="FlyballException">FLY4004: no such source. FLY3004: the file is unusable, or damaged after the rows reported so far.</exception>
    public static async Task<ImportProgress> RunAsync(
        EventLog log, string source, string path, KnownAtPolicy knownAt, Caller caller, Action<ImportProgress>? onProgress, CancellationToken ct)
    {
        using var batch = log.NewBatch(source)
            ?? throw new FlyballException(new Problem("FLY4004", $"There is no contract for the source '{source}'.", Remedy: "Write one, or name another source."));
        using var file = EventFile.Open(path, batch.Plan);
        var terms = new IngestTerms(caller, knownAt);
        var total = new ImportProgress(0, 0, 0, 0);
        while (file.Fill(batch, RowsPerBatch))
        {
            var report = (await log.IngestAsync(batch, terms, ct)).Report!;
            total = new ImportProgress(
                total.Received + report.Received, total.Accepted + report.Accepted, total.Quarantined + report.Quarantined, total.Duplicates + report.Duplicates);
            onProgress?.Invoke(total);
            batch.Clear();
        }

        return total;
    }
}
