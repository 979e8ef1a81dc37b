using System.Buffers;
using System.Runtime.InteropServices;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Engine.Windows;

/// <summary>
/// The compiled features of one entity: what to keep of each row, and how to compute every feature at an instant. This is the only
/// implementation of a windowed feature; ingestion, online lookup, training sets and replay all call it. Immutable, safe to share.
/// </summary>
public sealed class EntityViewPlan
{
    private const int OnStack = 256;

    private readonly FeaturePlan[] plans;
    private readonly InputPlan[] inputs;
    private readonly WindowPlan[] windows;
    private readonly int aggregateCount;

    private EntityViewPlan(IReadOnlyList<FeaturePlan> features, ViewScope scope)
    {
        Features = features;
        plans = [.. features];
        Reads = scope.Reads;
        inputs = scope.Inputs;
        StateDigest = scope.StateDigest;
        windows = scope.Windows;
        aggregateCount = scope.AggregateCount;
        LongestWindowMicros = features.Count == 0 ? 0 : features.Max(f => f.LongestWindowMicros);
    }

    /// <summary>In the order they were given, which is the order of the values of an evaluation.</summary>
    public IReadOnlyList<FeaturePlan> Features { get; }

    /// <summary>The columns of the source that it reads.</summary>
    public IReadOnlyList<string> Reads { get; }

    /// <summary>How far any feature looks back, in microseconds, delays included: older rows are never needed again.</summary>
    public long LongestWindowMicros { get; }

    /// <summary>Names what a timeline keeps of each row: plans that share it can read each other's snapshots.</summary>
    public Digest StateDigest { get; }

    /// <summary>Compiles the features of a view, or reports every problem of all of them. Never throws.</summary>
    /// <param name="features">Names, texts, and where they stand.</param>
    /// <param name="source">The columns of the rows that will be appended.</param>
    public static BindOutcome<EntityViewPlan> Compile(IReadOnlyList<FeatureSource> features, RowSchema source)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(source);
        var problems = new List<Problem>();
        var scope = new ViewScope(source);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var compiled = new List<FeaturePlan>();
        foreach (var feature in features)
        {
            var found = new List<Problem>();
            if (!names.Add(feature.Name))
            {
                found.Add(new(ProblemCodes.DuplicateFeature, $"Two features are named '{feature.Name}'.", Remedy: "Rename one of them."));
            }

            if (Compile(feature, scope, found) is { } plan)
            {
                compiled.Add(plan);
            }

            problems.AddRange(ProblemCodes.InOrder(feature.Expression, found).Select(p => p with { Where = Place(feature, p.Where) }));
        }

        return problems.Count == 0 ? new(new EntityViewPlan(compiled, scope)) : new(problems);
    }

    /// <summary>An empty state for one entity.</summary>
    public EntityTimeline NewTimeline() => new(this, inputs);

    /// <summary>Adds one row, wherever in the total order it belongs. Cost: O(1) at the end, else O(rows behind it).</summary>
    /// <param name="timeline">Made by this plan.</param>
    /// <param name="stamp">Its place in the total order.</param>
    /// <param name="row">Its values in the order of the source's schema; kept nowhere.</param>
    /// <returns>False when nothing changed: a row of this stamp is there already, or it is older than what was trimmed away.</returns>
    public bool Append(EntityTimeline timeline, RowStamp stamp, ReadOnlySpan<Value> row) => Append(timeline, stamp, RowIdentity.None, row);

    /// <summary>Adds one row that may correct or retract an earlier one, or be corrected by a later one.</summary>
    /// <param name="timeline">Made by this plan.</param>
    /// <param name="stamp">Its place in the total order.</param>
    /// <param name="identity">The fact it is about.</param>
    /// <param name="row">Its values in the order of the source's schema; not looked at when it retracts.</param>
    /// <returns>As above.</returns>
    public bool Append(EntityTimeline timeline, RowStamp stamp, RowIdentity identity, ReadOnlySpan<Value> row)
    {
        CheckOwn(timeline);
        return timeline.Insert(stamp, identity, row);
    }

    /// <summary>
    /// Computes every feature at an instant. The values are a function of the visible rows alone, whatever order or batches they came in.
    /// Allocates nothing but texts and lists. Cost: for most aggregates independent of the rows in the windows; docs/reference/expressions.md
    /// names those that look at each.
    /// </summary>
    /// <param name="timeline">Made by this plan, or null for an entity without rows.</param>
    /// <param name="t">The prediction instant; rows at or after it are not seen, by <c>latest</c> rows after it.</param>
    /// <param name="horizon">The last position of the log that may be seen.</param>
    /// <param name="into">Takes one value for each feature.</param>
    /// <param name="visibility">Which knowledge counts; as known unless said otherwise.</param>
    /// <returns>False, with every value null, when the timeline was trimmed past the start of the longest window.</returns>
    public bool Evaluate(EntityTimeline? timeline, EventTime t, Horizon horizon, Span<Value> into, Visibility visibility = default) =>
        Evaluate(timeline, t, horizon, into, [], visibility);

    /// <summary>The same, and why each feature has the value it has.</summary>
    /// <param name="timeline">Made by this plan, or null for an entity without rows.</param>
    /// <param name="t">The prediction instant.</param>
    /// <param name="horizon">The last position of the log that may be seen.</param>
    /// <param name="into">Takes one value for each feature.</param>
    /// <param name="statuses">Takes one status for each feature; empty when nobody asks.</param>
    /// <param name="visibility">Which knowledge counts.</param>
    /// <returns>As above; without an answer every status is that of an unknown entity.</returns>
    public bool Evaluate(EntityTimeline? timeline, EventTime t, Horizon horizon, Span<Value> into, Span<FeatureStatus> statuses, Visibility visibility = default)
    {
        if (timeline is not null)
        {
            CheckOwn(timeline);
            if (Saturating.Subtract(t.Micros, LongestWindowMicros) < timeline.CompleteFrom.Micros)
            {
                into[..Features.Count].Clear();
                statuses.Fill(FeatureStatus.NotFound);
                return false;
            }

            timeline.EnsureIndexed();
        }

        var cut = new VisibilityCut(visibility, t, horizon);
        var aggregates = ArrayPool<Value>.Shared.Rent(aggregateCount);
        byte[]? rented = null;
        var outcomes = MemoryMarshal.Cast<byte, FoldOutcome>(aggregateCount <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(aggregateCount));
        Aggregate(timeline, t, cut, aggregates, outcomes);
        for (var i = 0; i < plans.Length; i++)
        {
            into[i] = plans[i].Evaluate(aggregates);
        }

        if (!statuses.IsEmpty)
        {
            FeatureStatuses.Tell(plans, timeline, t, cut, into, outcomes, statuses);
        }

        ArrayPool<Value>.Shared.Return(aggregates);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return true;
    }

    /// <summary>A compact form of a timeline's state, for a restart; see <see cref="TimelineSnapshot"/>.</summary>
    /// <param name="timeline">Made by this plan.</param>
    /// <param name="into">Takes the bytes.</param>
    public void Write(EntityTimeline timeline, IBufferWriter<byte> into)
    {
        CheckOwn(timeline);
        TimelineSnapshot.Write(timeline, inputs, StateDigest, into);
    }

    /// <summary>The timeline that was written by a plan of the same inputs; null when the bytes are another plan's, cut short or damaged.</summary>
    public EntityTimeline? Read(ReadOnlySpan<byte> snapshot)
    {
        var timeline = NewTimeline();
        return TimelineSnapshot.TryRead(timeline, inputs, StateDigest, snapshot) ? timeline : null;
    }

    private void Aggregate(EntityTimeline? timeline, EventTime t, in VisibilityCut cut, Span<Value> aggregates, Span<FoldOutcome> outcomes)
    {
        var found = default(WindowEnd);
        foreach (var window in windows)
        {
            if (timeline is null)
            {
                window.Empty(aggregates, outcomes);
            }
            else
            {
                window.Evaluate(timeline, t.Micros, cut, ref found, aggregates, outcomes);
            }
        }
    }

    private static FeaturePlan? Compile(FeatureSource feature, ViewScope scope, List<Problem> found)
    {
        var parsed = ExpressionParser.Parse(feature.Expression);
        if (!parsed.Succeeded)
        {
            found.AddRange(parsed.Problems);
            return null;
        }

        scope.Feature = new();
        var before = found.Count;
        var node = new ExpressionBinder(scope, found).BindTyped(parsed.Syntax);
        if (found.Count == before && scope.Feature.LongestMicros == 0)
        {
            found.Add(ProblemCodes.At(ProblemCodes.OutsideAggregate, parsed.Syntax.Start, "The feature reads no row of the entity", "Use an aggregate: count() over 7d."));
        }

        return found.Count == before ? new(feature.Name, node, parsed.Syntax.Canonical, scope.Feature) : null;
    }

    /// <summary>
    /// Where in the file: with the start of the text known, the column in its line; else the message alone counts characters. How a text of
    /// several lines is indented in its file is not known here, so the file's place stays that of the whole text.
    /// </summary>
    private static ProblemLocation Place(FeatureSource feature, ProblemLocation? inText)
    {
        var where = feature.Where ?? new ProblemLocation();
        if (inText?.Line is not null)
        {
            return (where.Line is null ? where with { Line = inText.Line, Column = inText.Column } : where) with { Field = where.Field ?? feature.Name };
        }

        var column = inText?.Column;
        var inFile = where.Line is null ? column : where.Column + column - 1;
        return where with { Column = inFile ?? where.Column, Field = where.Field ?? feature.Name };
    }

    private void CheckOwn(EntityTimeline timeline)
    {
        if (!ReferenceEquals(timeline.Plan, this))
        {
            throw new ArgumentException("The timeline was made by another plan.", nameof(timeline));
        }
    }
}
