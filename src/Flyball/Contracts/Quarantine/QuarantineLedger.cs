namespace Flyball.Contracts.Quarantine;

/// <summary>Which rows of a source were put aside, and what was decided about them. Safe from any thread; one thread writes. Memory: 8 bytes a row, and 40 a decided one.</summary>
internal sealed class QuarantineLedger
{
    private readonly Lock gate = new();
    private readonly List<long> rows = [];
    private readonly Dictionary<long, RowDecision> decided = [];
    private long discarded;

    /// <summary>In the order of the log.</summary>
    public void Add(long seq)
    {
        lock (gate)
        {
            rows.Add(seq);
        }
    }

    /// <summary>The first decision about a row counts.</summary>
    public void Decide(long seq, RowDecision decision)
    {
        lock (gate)
        {
            if (decided.TryAdd(seq, decision))
            {
                discarded += decision.Outcome == RowOutcome.Discarded ? 1 : 0;
            }
        }
    }

    /// <param name="state">Null counts all.</param>
    public long Count(QuarantineState? state)
    {
        lock (gate)
        {
            return state switch
            {
                null => rows.Count,
                QuarantineState.Open => rows.Count - decided.Count,
                QuarantineState.Discarded => discarded,
                _ => decided.Count - discarded,
            };
        }
    }

    /// <summary>Whether a position is one of a row in quarantine, and what was decided about it.</summary>
    public bool TryFind(long seq, out RowDecision? decision)
    {
        lock (gate)
        {
            decision = decided.TryGetValue(seq, out var found) ? found : null;
            return rows.BinarySearch(seq) >= 0;
        }
    }

    /// <summary>Positions of the next rows after one.</summary>
    public List<long> After(long seq, int limit, QuarantineState? state = null)
    {
        var found = new List<long>();
        lock (gate)
        {
            var at = rows.BinarySearch(seq);
            for (var i = at < 0 ? ~at : at + 1; i < rows.Count && found.Count < limit; i++)
            {
                if (state is null || StateOf(rows[i]) == state)
                {
                    found.Add(rows[i]);
                }
            }
        }

        return found;
    }

    public static QuarantineState StateOf(RowDecision? decision) => decision switch
    {
        null => QuarantineState.Open,
        { Outcome: RowOutcome.Discarded } => QuarantineState.Discarded,
        _ => QuarantineState.Released,
    };

    private QuarantineState StateOf(long seq) => StateOf(decided.TryGetValue(seq, out var found) ? found : null);
}
