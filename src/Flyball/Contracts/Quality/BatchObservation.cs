using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Quality;

/// <summary>
/// What the rules and statistics need to know of a batch, collected row by row. Observations of parts of one batch merge. Adding a row
/// allocates nothing beyond the sets in which repeated values are found. Not thread-safe.
/// </summary>
public sealed class BatchObservation
{
    /// <summary>More different values than these are not remembered, over all rules together: repeats of later ones are not counted. 12 bytes each.</summary>
    public const int MostRemembered = 10_000_000;

    /// <summary>Keys of a source that refers to itself that are remembered: a parent may stand anywhere in what was sent. Beyond, none is said to be missing.</summary>
    public const int MostOwn = 1_000_000;
    private const long LargeBytes = 16 << 20;

    private readonly ContractPlan plan;
    private readonly SipHash hash;
    private readonly long[] counts;
    private readonly KeySet?[] seen;
    private readonly HashSet<UInt128> own = [];
    private readonly Dictionary<(string Rule, UInt128 Parent), long> missing = [];
    private readonly int most;

    internal BatchObservation(ContractPlan plan, SipHash hash, SourceReference? reference, int mostRemembered = MostRemembered)
    {
        this.plan = plan;
        this.hash = hash;
        Reference = reference;
        var quality = plan.Quality;
        Broken = new long[quality.RowRules.Length];
        counts = new long[quality.Metrics.Length];
        seen = [.. quality.Metrics.Select(m => m.Metric == QualityMetric.DuplicateValues ? new KeySet() : null)];
        most = mostRemembered / Math.Max(1, seen.Count(s => s is not null));
        Expressions = [.. quality.Expressions.Select(e => e.Plan.NewState())];
        Newest = [.. quality.Freshness.Select(_ => long.MinValue)];
        Statistics = reference is null ? null : new StatisticalCounts(reference, plan);
    }

    /// <summary>Rows that passed schema and row rules.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that did not.</summary>
    public long Refused { get; private set; }

    /// <summary>What the batch is compared with, when there is something.</summary>
    public SourceReference? Reference { get; }

    /// <summary>Rows that broke a row rule, by the rule's place.</summary>
    internal long[] Broken { get; }

    /// <summary>Rows that refer to a row of another source that is not there, by the name of the relationship.</summary>
    internal SortedDictionary<string, long> Orphans { get; } = new(StringComparer.Ordinal);

    internal BatchState[] Expressions { get; }

    /// <summary>The newest value of each column that freshness is agreed for, in microseconds; the least number without one.</summary>
    internal long[] Newest { get; }

    /// <summary>The latest known-at that was stated for a row; null when the log assigns it.</summary>
    internal long? StatedKnownAt { get; private set; }

    internal StatisticalCounts? Statistics { get; }

    /// <summary>Values that repeats are found by.</summary>
    internal int Remembered => seen.Sum(s => s?.Count ?? 0);

    /// <summary>Takes what another part of the same batch showed.</summary>
    public void Merge(BatchObservation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!ReferenceEquals(plan, other.plan) || !ReferenceEquals(Reference, other.Reference))
        {
            throw new ArgumentException("The observations are of different plans or references.", nameof(other));
        }

        Rows += other.Rows;
        Refused += other.Refused;
        Add(Broken, other.Broken);
        foreach (var (name, count) in other.Orphans)
        {
            Orphans[name] = Orphans.GetValueOrDefault(name) + count;
        }

        foreach (var key in other.own)
        {
            AddOwn(key);
        }

        foreach (var ((rule, parent), count) in other.missing)
        {
            AddMissing(rule, parent, count);
        }

        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] += other.counts[i];
            if (seen[i] is { } mine)
            {
                foreach (var key in other.seen[i]!.Hashes())
                {
                    counts[i] += Repeats(mine, key) ? 1 : 0;
                }
            }
        }

        for (var i = 0; i < Expressions.Length; i++)
        {
            Expressions[i].Merge(other.Expressions[i]);
        }

        for (var i = 0; i < Newest.Length; i++)
        {
            Newest[i] = Math.Max(Newest[i], other.Newest[i]);
        }

        State(other.StatedKnownAt);
        Statistics?.Merge(other.Statistics!);
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        Rows = 0;
        Refused = 0;
        Array.Clear(Broken);
        Orphans.Clear();
        Array.Fill(Newest, long.MinValue);
        StatedKnownAt = null;
        own.Clear();
        missing.Clear();
        Array.Clear(counts);
        foreach (var set in seen)
        {
            set?.Clear();
        }

        foreach (var state in Expressions)
        {
            state.Clear();
        }

        Statistics?.Clear();
    }

    /// <summary>Forgets all rows, after which nothing more is added. What many rows left is given back at once: the collector alone would wait
    /// until other memory is wanted.</summary>
    internal void Release()
    {
        var large = seen.Sum(s => s?.Bytes ?? 0) > LargeBytes;
        Clear();
        foreach (var set in seen)
        {
            set?.Release();
        }

        if (large)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
    }

    internal long CountOf(int metric) => plan.Quality.Metrics[metric].Metric == QualityMetric.RowCount ? Rows : counts[metric];

    internal void Refuse() => Refused++;

    internal void AddOrphan(string relationship) => Orphans[relationship] = Orphans.GetValueOrDefault(relationship) + 1;

    internal string Field(int column) => plan.Schema.Fields[column].Name;

    /// <summary>A row's known-at is stated, not assigned.</summary>
    internal void State(long? knownAtMicros) => StatedKnownAt = knownAtMicros > StatedKnownAt || StatedKnownAt is null ? knownAtMicros ?? StatedKnownAt : StatedKnownAt;

    /// <summary>A row that can be referred to by rows of its own source.</summary>
    internal void AddOwn(UInt128 key)
    {
        if (own.Count < MostOwn)
        {
            own.Add(key);
        }
    }

    internal bool HasOwn(UInt128 key) => own.Contains(key);

    /// <summary>A row refers to a row of its own source that is not stored, and may be a part of the same batch.</summary>
    internal void AddMissing(string relationship, UInt128 parent, long count = 1)
    {
        if (missing.Count < MostOwn)
        {
            missing[(relationship, parent)] = missing.GetValueOrDefault((relationship, parent)) + count;
        }
    }

    /// <summary>Rows that refer to nothing, now that all rows were seen, by the name of the relationship.</summary>
    internal SortedDictionary<string, long> AllOrphans()
    {
        var all = new SortedDictionary<string, long>(Orphans, StringComparer.Ordinal);
        foreach (var ((rule, parent), count) in missing.Where(m => own.Count < MostOwn && !own.Contains(m.Key.Parent)))
        {
            all[rule] = all.GetValueOrDefault(rule) + count;
        }

        return all;
    }

    /// <summary>Counts the row rules that do not put rows aside.</summary>
    internal void Check(ReadOnlySpan<Value> row)
    {
        var rules = plan.Quality.RowRules;
        for (var i = 0; i < rules.Length; i++)
        {
            if (rules[i].Head.Outcome != RuleOutcome.Quarantine && !rules[i].Holds(row))
            {
                Broken[i]++;
            }
        }
    }

    /// <summary>Takes an accepted row.</summary>
    /// <param name="row">In the order of the schema.</param>
    /// <param name="content">Stands for the whole row.</param>
    internal void Add(ReadOnlySpan<Value> row, ulong content)
    {
        Rows++;
        var metrics = plan.Quality.Metrics;
        for (var i = 0; i < metrics.Length; i++)
        {
            if (metrics[i].Metric == QualityMetric.DuplicateValues)
            {
                counts[i] += HasNull(row, metrics[i].Columns) || !Repeats(seen[i]!, (ulong)RowKey.Hash(metrics[i].Columns, row, hash)) ? 0 : 1;
            }
            else if (metrics[i].Counts(row))
            {
                counts[i]++;
            }
        }

        foreach (var state in Expressions)
        {
            state.Add(row);
        }

        var freshness = plan.Quality.Freshness;
        for (var i = 0; i < Newest.Length; i++)
        {
            if (!row[freshness[i].Column].IsNull)
            {
                Newest[i] = Math.Max(Newest[i], row[freshness[i].Column].AsTimestamp.Micros);
            }
        }

        Statistics?.Add(row, content);
    }

    private bool Repeats(KeySet set, ulong key) => set.Count < most ? !set.Add(key) : set.Contains(key);

    private static bool HasNull(ReadOnlySpan<Value> row, int[] columns)
    {
        foreach (var column in columns)
        {
            if (row[column].IsNull)
            {
                return true;
            }
        }

        return false;
    }

    private static void Add(long[] into, long[] from)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] += from[i];
        }
    }
}
