using Flyball.Storage.Journals;

namespace Flyball.Contracts.Quarantine;

/// <summary>Reads rows in quarantine back from the log.</summary>
internal static class QuarantineListing
{
    private const int Page = 500;
    private const int MostLooked = 5_000;

    /// <summary>Kept originals of one page, in characters: a row may be a quarter of a megabyte, and a page is held several times over.</summary>
    public const int MostText = 4 << 20;

    /// <summary>Rows of a source after a position, oldest first, and the position to go on after: null at the end. Looks at a bounded number of rows, and
    /// ends a page early when what was kept of its rows is long; the first row is always in it.</summary>
    public static (IReadOnlyList<QuarantinedRow> Rows, long? Next) List(EventLog log, SourceState state, QuarantineState? which, string? rule, long after, int limit, int mostText = MostText)
    {
        var found = new List<QuarantinedRow>();
        long text = 0;
        for (var looked = 0; looked < MostLooked; looked += Page)
        {
            var page = state.Quarantine.After(after, Page, which);
            foreach (var record in log.ReadAt(page))
            {
                var row = QuarantinedRow.Decode(record);
                var before = after;
                after = record.Seq;
                if (RowSelection.Meets(row, rule))
                {
                    text += row.Original.Length + (row.Cells?.Length ?? 0);
                    if (text > mostText && found.Count > 0)
                    {
                        return (found, before);
                    }

                    found.Add(row);
                    if (found.Count == limit)
                    {
                        return (found, state.Quarantine.After(after, 1, which).Count > 0 ? after : null);
                    }
                }
            }

            if (page.Count < Page)
            {
                return (found, null);
            }
        }

        return (found, after);
    }

    /// <summary>One row, its decision, and the row that went in for it; null when there is no such row.</summary>
    public static (QuarantinedRow Row, RowDecision? Decision, DecisionRecord? Record, JournalRecord? Released)? Find(EventLog log, SourceState state, long seq)
    {
        if (!state.Quarantine.TryFind(seq, out var decision))
        {
            return null;
        }

        var row = QuarantinedRow.Decode(log.ReadAt([seq]).Single());
        DecisionRecord? record = decision is { } made ? DecisionRecord.Decode(log.ReadAt([made.DecisionSeq]).Single()) : null;
        return (row, decision, record, decision?.ReleasedAs is { } at ? log.ReadAt([at]).Single() : null);
    }
}
