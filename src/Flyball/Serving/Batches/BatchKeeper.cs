namespace Flyball.Serving.Batches;

/// <summary>Keeps the results of batches in the order of the file: in a table, and at the end of a part as files that count. Not thread-safe.</summary>
internal sealed class BatchKeeper(BatchJob job, BatchFolder folder, BatchTable table, Action<BatchStep>? progress)
{
    private readonly long setAside = folder.Parts.Sum(p => p.Rejected);
    private long rows;
    private long rejected;
    private BatchPart part = new(0, 0);

    /// <summary>Rows that an earlier run dealt with.</summary>
    public long Skipped { get; } = folder.Parts.Sum(p => p.Rows);

    /// <summary>Keeps the next batch, and tells.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY5023: a row is put aside, and the scoring is strict.</exception>
    public void Keep(ScoreBatch batch)
    {
        table.Add(batch);
        if (job.Terms.IsStrict && batch.Rejected.Count > 0)
        {
            throw BatchProblems.Strict(Path.GetFileName(job.Terms.Input), batch.Rejected[0]);
        }

        part = part with
        {
            Rows = part.Rows + batch.Read,
            Rejected = part.Rejected + batch.Rejected.Count,
            Ignored = part.Ignored + batch.Ignored,
            Defaulted = Sum(part.Defaulted, batch.DefaultedFields),
        };
        (rows, rejected) = (rows + batch.Read, rejected + batch.Rejected.Count);
        if (batch.EndsPart)
        {
            table.Write(folder.ScoredFile(folder.Parts.Count), folder.RejectedFile(folder.Parts.Count));
            folder.Keep(part);
            part = new BatchPart(0, 0);
        }

        progress?.Invoke(new BatchStep(Skipped + rows, setAside + rejected, Skipped, batch.Share, batch.EndsPart));
    }

    /// <summary>The counts of both, in the first where it is there; null where there are none.</summary>
    public static SortedDictionary<string, long>? Sum(SortedDictionary<string, long>? counts, SortedDictionary<string, long>? more)
    {
        if (more is not { Count: > 0 })
        {
            return counts;
        }

        counts ??= new(StringComparer.Ordinal);
        foreach (var (name, count) in more)
        {
            counts[name] = counts.GetValueOrDefault(name) + count;
        }

        return counts;
    }
}
