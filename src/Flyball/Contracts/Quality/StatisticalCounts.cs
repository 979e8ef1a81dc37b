using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Quality;

/// <summary>A batch counted in the cells of a reference. Parts of a batch merge exactly. Not thread-safe.</summary>
internal sealed class StatisticalCounts
{
    /// <summary>Months, of 32 days each.</summary>
    public const long MonthMicros = 32 * Engine.Time.Clock.MicrosPerDay;

    private const int MostNewCategories = 10_000;

    private readonly SourceReference reference;
    private readonly int[] columns;
    private readonly int eventTime;
    private readonly long oldest;
    private readonly KeySet? contents;

    /// <summary>Repeats in a batch larger than the reference are compared with nothing, and not remembered.</summary>
    private readonly long mostCompared;

    public StatisticalCounts(SourceReference reference, ContractPlan plan)
    {
        this.reference = reference;
        columns = [.. reference.Columns.Select(c => plan.Schema.IndexOf(c.Name))];
        eventTime = plan.EventTimeIndex;
        oldest = reference.Times?.Oldest ?? long.MinValue;
        Cells = [.. reference.Columns.Select(c => new long[c.Cells.Count])];
        Nulls = new long[columns.Length];
        Unseen = new long[columns.Length];
        Below = new long[columns.Length];
        Above = new long[columns.Length];
        Texts = [.. reference.Columns.Select(c => c.Shape is { } shape ? new TextCounts(shape) : null)];
        NewCategories = [.. columns.Select(_ => new HashSet<ulong>())];
        contents = reference.Repeats is null ? null : new KeySet();
        mostCompared = reference.Repeats?.Sizes[^1] ?? 0;
    }

    public long Rows { get; private set; }

    public long[][] Cells { get; }

    public long[] Nulls { get; }

    public long[] Unseen { get; }

    /// <summary>Rows below everything that the reference had.</summary>
    public long[] Below { get; }

    /// <summary>Rows above it.</summary>
    public long[] Above { get; }

    /// <summary>By column; null where it is no text of many values.</summary>
    public TextCounts?[] Texts { get; }

    /// <summary>Fingerprints of the categories that the reference never had.</summary>
    public HashSet<ulong>[] NewCategories { get; }

    /// <summary>Rows by bucket of event time.</summary>
    public Dictionary<long, long> Buckets { get; } = [];

    /// <summary>Rows by month of event time, numbered from 1970.</summary>
    public Dictionary<long, long> Months { get; } = [];

    /// <summary>Rows that are older than the reference by more than it is long.</summary>
    public long Old { get; private set; }

    /// <summary>The newest event, in microseconds; the least number without rows or without a column of event time.</summary>
    public long Newest { get; private set; } = long.MinValue;

    /// <summary>Rows that repeat an earlier row of the batch whole.</summary>
    public long Repeated { get; private set; }

    public void Add(ReadOnlySpan<Value> row, ulong content)
    {
        Rows++;
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i] >= 0)
            {
                Add(i, row[columns[i]]);
            }
        }

        if (eventTime >= 0)
        {
            var micros = row[eventTime].AsTimestamp.Micros;
            Newest = Math.Max(Newest, micros);
            Old += micros < oldest ? 1 : 0;
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(Months, Bucket(micros, MonthMicros), out _)++;
        }

        if (reference.Volume is { } volume && eventTime >= 0)
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(Buckets, Bucket(row[eventTime].AsTimestamp.Micros, volume.BucketMicros), out _)++;
        }

        if (contents is not null && Rows <= mostCompared && !contents.Add(content))
        {
            Repeated++;
        }
    }

    public void Merge(StatisticalCounts other)
    {
        Rows += other.Rows;
        for (var i = 0; i < columns.Length; i++)
        {
            Nulls[i] += other.Nulls[i];
            Unseen[i] += other.Unseen[i];
            Below[i] += other.Below[i];
            Above[i] += other.Above[i];
            Texts[i]?.Merge(other.Texts[i]!);
            NewCategories[i].UnionWith(other.NewCategories[i]);
            for (var j = 0; j < Cells[i].Length; j++)
            {
                Cells[i][j] += other.Cells[i][j];
            }
        }

        foreach (var (bucket, rows) in other.Buckets)
        {
            Buckets[bucket] = Buckets.GetValueOrDefault(bucket) + rows;
        }

        foreach (var (month, rows) in other.Months)
        {
            Months[month] = Months.GetValueOrDefault(month) + rows;
        }

        Old += other.Old;
        Newest = Math.Max(Newest, other.Newest);
        Repeated += other.Repeated;
        foreach (var content in Rows <= mostCompared ? other.contents?.Hashes() ?? [] : [])
        {
            Repeated += contents!.Add(content) ? 0 : 1;
        }
    }

    public void Clear()
    {
        Rows = 0;
        Repeated = 0;
        Newest = long.MinValue;
        Array.Clear(Nulls);
        Array.Clear(Unseen);
        Array.Clear(Below);
        Array.Clear(Above);
        foreach (var text in Texts)
        {
            text?.Clear();
        }

        foreach (var cells in Cells)
        {
            Array.Clear(cells);
        }

        foreach (var set in NewCategories)
        {
            set.Clear();
        }

        Buckets.Clear();
        Months.Clear();
        Old = 0;
        contents?.Clear();
    }

    public static long Bucket(long micros, long width) => Math.DivRem(micros, width, out var rest) - (rest < 0 ? 1 : 0);

    private void Add(int column, in Value value)
    {
        if (value.IsNull)
        {
            Nulls[column]++;
            return;
        }

        var of = reference.Columns[column];
        Texts[column]?.Add(value);
        if (of.Range is { } range && value.TryGetNumber(out var number))
        {
            Below[column] += number < range.Least ? 1 : 0;
            Above[column] += number > range.Greatest ? 1 : 0;
        }

        if (!of.IsCompared)
        {
            return;
        }

        var cell = of.CellOf(value);
        if (cell >= 0)
        {
            Cells[column][cell]++;
            return;
        }

        Unseen[column]++;
        if (NewCategories[column].Count < MostNewCategories)
        {
            NewCategories[column].Add(ColumnReference.Fingerprint(value));
        }
    }
}
