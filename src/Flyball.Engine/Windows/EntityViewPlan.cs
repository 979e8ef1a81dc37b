using System.Buffers;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Engine.Windows;

/// <summary>
/// The compiled features of one entity: what to keep of each row, and how to compute every feature at an instant. This is the only
/// implementation of a windowed feature; ingestion, online lookup, training sets and replay all call it. Immutable, safe to share.
/// </summary>
public sealed class EntityViewPlan
{
    private const int TilesOnStack = 128;

    private readonly InputPlan[] inputs;
    private readonly WindowPlan[] windows;
    private readonly int aggregateCount;
    private readonly int mostTiles;

    private EntityViewPlan(IReadOnlyList<FeaturePlan> features, ViewScope scope)
    {
        Features = features;
        Reads = scope.Reads;
        inputs = scope.Inputs;
        windows = scope.Windows;
        aggregateCount = scope.AggregateCount;
        mostTiles = windows.Length == 0 ? 0 : windows.Max(w => w.MostTiles);
        LongestWindowMicros = features.Count == 0 ? 0 : features.Max(f => f.LongestWindowMicros);
    }

    /// <summary>In the order they were given, which is the order of the values of <see cref="Evaluate"/>.</summary>
    public IReadOnlyList<FeaturePlan> Features { get; }

    /// <summary>The columns of the source that it reads.</summary>
    public IReadOnlyList<string> Reads { get; }

    /// <summary>How far any feature looks back, in microseconds, delays included: older rows are never needed again.</summary>
    public long LongestWindowMicros { get; }

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
        var plans = new List<FeaturePlan>();
        foreach (var feature in features)
        {
            var found = new List<Problem>();
            if (!names.Add(feature.Name))
            {
                found.Add(new(ProblemCodes.DuplicateFeature, $"Two features are named '{feature.Name}'.", Remedy: "Rename one of them."));
            }

            if (Compile(feature, scope, found) is { } plan)
            {
                plans.Add(plan);
            }

            problems.AddRange(found.OrderBy(p => p.Where?.Column).Select(p => p with { Where = Place(feature, p.Where?.Column) }));
        }

        return problems.Count == 0 ? new(new EntityViewPlan(plans, scope)) : new(problems);
    }

    /// <summary>An empty state for one entity.</summary>
    public EntityTimeline NewTimeline() => new(this, inputs);

    /// <summary>Adds one row, wherever in the total order it belongs. Cost: O(1) at the end, else O(rows behind it).</summary>
    /// <param name="timeline">Made by this plan.</param>
    /// <param name="stamp">Its place in the total order.</param>
    /// <param name="row">Its values in the order of the source's schema; kept nowhere.</param>
    /// <returns>False when nothing changed: a row of this stamp is there already, or it is older than what was trimmed away.</returns>
    public bool Append(EntityTimeline timeline, RowStamp stamp, ReadOnlySpan<Value> row)
    {
        CheckOwn(timeline);
        return timeline.Insert(stamp, row);
    }

    /// <summary>Computes every feature at an instant, by the canonical fold. Allocates nothing. Cost: O(rows in the windows).</summary>
    /// <param name="timeline">Made by this plan, or null for an entity without rows.</param>
    /// <param name="t">The prediction instant; rows at or after it are not seen.</param>
    /// <param name="horizon">The last position of the log that may be seen.</param>
    /// <param name="into">Takes one value for each feature.</param>
    /// <param name="visibility">Which knowledge counts; as known unless said otherwise.</param>
    /// <returns>False, with every value null, when the timeline was trimmed past the start of the longest window.</returns>
    public bool Evaluate(EntityTimeline? timeline, EventTime t, Horizon horizon, Span<Value> into, Visibility visibility = default)
    {
        if (timeline is not null)
        {
            CheckOwn(timeline);
            if (Saturating.Subtract(t.Micros, LongestWindowMicros) < timeline.CompleteFrom.Micros)
            {
                into[..Features.Count].Clear();
                return false;
            }
        }

        var aggregates = ArrayPool<Value>.Shared.Rent(aggregateCount);
        int[]? rented = null;
        var tileEnds = mostTiles <= TilesOnStack ? stackalloc int[TilesOnStack] : rented = ArrayPool<int>.Shared.Rent(mostTiles);
        var cut = new VisibilityCut(visibility, t, horizon);
        foreach (var window in windows)
        {
            if (timeline is null)
            {
                window.Empty(aggregates);
            }
            else
            {
                window.Evaluate(timeline, t.Micros, cut, tileEnds, aggregates);
            }
        }

        for (var i = 0; i < Features.Count; i++)
        {
            into[i] = Features[i].Evaluate(aggregates);
        }

        ArrayPool<Value>.Shared.Return(aggregates);
        if (rented is not null)
        {
            ArrayPool<int>.Shared.Return(rented);
        }

        return true;
    }

    private static FeaturePlan? Compile(FeatureSource feature, ViewScope scope, List<Problem> found)
    {
        var parsed = ExpressionParser.Parse(feature.Expression);
        if (!parsed.Succeeded)
        {
            found.AddRange(parsed.Problems);
            return null;
        }

        scope.LongestOfFeature = 0;
        var before = found.Count;
        var node = new ExpressionBinder(scope, found).BindTyped(parsed.Syntax);
        if (found.Count == before && scope.LongestOfFeature == 0)
        {
            found.Add(ProblemCodes.At(ProblemCodes.OutsideAggregate, parsed.Syntax.Start, "The feature reads no row of the entity", "Use an aggregate: count() over 7d."));
        }

        return found.Count == before ? new(feature.Name, node, parsed.Syntax.Canonical, scope.LongestOfFeature) : null;
    }

    /// <summary>Where in the file: with the start of the text known, the column in its line; else the message alone counts characters.</summary>
    private static ProblemLocation Place(FeatureSource feature, int? column)
    {
        var where = feature.Where ?? new ProblemLocation();
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
