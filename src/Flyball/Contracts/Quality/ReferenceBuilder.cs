using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Quality;

/// <summary>
/// Makes a reference of rows in the order of the log.
/// 1. Rows are kept by column, up to a bound; beyond it every second row is let go, again and again, so that order and span stay.
/// 2. Each column gets its cells: deciles, or its values when they are few.
/// 3. Contiguous pieces of several sizes are compared with the rest of the reference: what they show is usual.
/// Not thread-safe. Memory: at most 20 million values.
/// </summary>
internal sealed class ReferenceBuilder
{
    private const int MostRows = 200_000;
    private const long MostValues = 20_000_000;

    private readonly ContractPlan plan;
    private readonly int most;
    private readonly bool hasKey;
    private readonly int[] columns;
    private readonly List<Value>[] values;
    private readonly List<long> times = [];
    private readonly HashSet<ulong> contents = [];
    private readonly List<ulong> firstContents = [];
    private readonly FreshnessCalibration freshness = new();
    private long stride = 1;
    private long first = long.MaxValue;
    private long last = long.MinValue;
    private long ahead;

    public ReferenceBuilder(ContractPlan plan)
    {
        this.plan = plan;
        hasKey = plan.PrimaryKey.Count > 0;
        columns = [.. Enumerable.Range(0, plan.Schema.Fields.Count).Where(i => i != plan.EventTimeIndex && !plan.PrimaryKey.Contains(i) && !plan.Quality.Statistics.Off.Contains(plan.Schema.Fields[i].Name))];
        values = [.. columns.Select(_ => new List<Value>())];
        most = (int)Math.Max(SourceReference.FewestRows * 2, Math.Min(MostRows, MostValues / Math.Max(1, columns.Length)));
    }

    public long Rows { get; private set; }

    public void Add(ReadOnlySpan<Value> row, long eventTimeMicros, ulong content, long? knownAtMicros = null)
    {
        if (knownAtMicros is { } known)
        {
            freshness.Add(eventTimeMicros, known);
        }

        first = Math.Min(first, eventTimeMicros);
        last = Math.Max(last, eventTimeMicros);
        ahead += eventTimeMicros - knownAtMicros > EventTimeGate.Tolerance ? 1 : 0;
        if (Rows++ % stride == 0)
        {
            Reserve();
            for (var i = 0; i < columns.Length; i++)
            {
                values[i].Add(row[columns[i]]);
            }

            times.Add(eventTimeMicros);
            if (times.Count == most)
            {
                Halve();
            }
        }

        if (!hasKey && firstContents.Count < most)
        {
            firstContents.Add(content);
        }
    }

    /// <summary>The reference, or null below <see cref="SourceReference.FewestRows"/> rows.</summary>
    public SourceReference? Build(Horizon horizon)
    {
        if (Rows < SourceReference.FewestRows)
        {
            return null;
        }

        var pieces = Pieces.Of(times.Count);
        var repeats = hasKey ? null : RepeatScale(Pieces.Of(firstContents.Count));
        return new SourceReference
        {
            Source = plan.Source,
            Contract = plan.Digest.Hex,
            Horizon = horizon.Seq,
            AllRows = Rows,
            Rows = times.Count,
            Columns = [.. columns.Select((c, i) => ColumnCalibration.Of(plan.Schema.Fields[c], values[i], pieces))],
            Volume = plan.IsTimedByArrival ? null : VolumeCalibration.Of(times, stride, pieces),
            Times = plan.IsTimedByArrival ? null : new EventTimeReference(first, last, ahead, Rows),
            Freshness = freshness.Build(),
            Repeats = repeats,
            Repeated = repeats is null ? 0 : Repeated(0, firstContents.Count),
        };
    }

    /// <summary>A history that is not short takes its memory at once: lists that grow step by step leave twice as much behind.</summary>
    private void Reserve()
    {
        if (times.Count != SourceReference.FewestRows)
        {
            return;
        }

        times.EnsureCapacity(most);
        foreach (var column in values)
        {
            column.EnsureCapacity(most);
        }
    }

    private void Halve()
    {
        stride *= 2;
        foreach (var column in values)
        {
            Thin(column);
        }

        Thin(times);
    }

    private static void Thin<T>(List<T> list)
    {
        for (var i = 0; i * 2 < list.Count; i++)
        {
            list[i] = list[i * 2];
        }

        list.RemoveRange((list.Count + 1) / 2, list.Count - ((list.Count + 1) / 2));
    }

    private EffectScale RepeatScale(Pieces pieces)
    {
        var sizes = new List<long>();
        var bounds = new List<double>();
        foreach (var size in pieces.Sizes)
        {
            sizes.Add(size);
            bounds.Add(EffectScale.BoundOf([.. pieces.StartsOf(size).Select(s => (double)Repeated(s, size) / size)]));
        }

        sizes.Add(firstContents.Count);
        bounds.Add((double)Repeated(0, firstContents.Count) / firstContents.Count);
        return new EffectScale(sizes, bounds);
    }

    private long Repeated(int start, int size)
    {
        contents.Clear();
        for (var i = start; i < start + size; i++)
        {
            contents.Add(firstContents[i]);
        }

        return size - contents.Count;
    }
}
