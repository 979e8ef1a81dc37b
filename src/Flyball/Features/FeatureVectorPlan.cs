using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Projects;

namespace Flyball.Features;

/// <summary>
/// The feature vector of one model, compiled: from a request row to the model's inputs in their order. Immutable.
/// <list type="number">
/// <item>The request's columns come first in a scratch row; each entity view writes its features behind them.</item>
/// <item>Features of the request are expressions over that row and are written behind it.</item>
/// <item>The vector picks its members from the scratch row.</item>
/// </list>
/// Evaluation is the same for a live request, a training row and a replay: only the <see cref="IFeatureState"/> differs.
/// </summary>
public sealed class FeatureVectorPlan
{
    private readonly EntityLookup[] lookups;
    private readonly RowPlan[] onRequest;
    private readonly int[] picks;
    private readonly int visibleWidth;

    private FeatureVectorPlan(ContractPlan request, EntityLookup[] lookups, RowPlan[] onRequest, int[] picks, int visibleWidth, IReadOnlyList<FeatureColumn> columns)
    {
        Request = request;
        Columns = columns;
        this.lookups = lookups;
        this.onRequest = onRequest;
        this.picks = picks;
        this.visibleWidth = visibleWidth;
        ScratchWidth = visibleWidth + onRequest.Length;
        RequestWidth = request.Schema.Fields.Count;
        LookedUp = [.. lookups.SelectMany(l => l.View.Fields.Select(f => f.Name))];
        Needed = [.. Enumerable.Range(0, LookedUp.Count).Select(i => picks.Contains(RequestWidth + i) || onRequest.Any(r => r.Reads.Contains(LookedUp[i])))];
        Digest = Digest.Of(string.Join('\n', columns.Select(c => $"{c.Name} {c.Definition.Hex}")));
    }

    /// <summary>The contract of a request.</summary>
    public ContractPlan Request { get; }

    /// <summary>The vector's members in order.</summary>
    public IReadOnlyList<FeatureColumn> Columns { get; }

    /// <summary>Names and definitions of all members, in order.</summary>
    public Digest Digest { get; }

    /// <summary>Length of the scratch row a caller provides.</summary>
    public int ScratchWidth { get; }

    /// <summary>Columns of a request: looked up features stand behind them in the scratch row.</summary>
    public int RequestWidth { get; }

    /// <summary>Every feature that is looked up by an entity's key, as <c>view.feature</c>, in the order of the scratch row.</summary>
    public IReadOnlyList<string> LookedUp { get; }

    /// <summary>Of each of <see cref="LookedUp"/>: whether the vector depends on it. Views are looked up whole.</summary>
    public IReadOnlyList<bool> Needed { get; }

    public long LongestWindowMicros => lookups.Length == 0 ? 0 : lookups.Max(l => l.View.Plan.LongestWindowMicros);

    /// <summary>The views whose events this model needs.</summary>
    public IEnumerable<EntityFeatureView> EntityViews => lookups.Select(l => l.View);

    /// <summary>The request columns that name entities, with the view they look up.</summary>
    public IEnumerable<(EntityFeatureView View, int RequestColumn)> Entities => lookups.Select(l => (l.View, l.RequestColumn));

    /// <summary>Compiles the vector of a model.</summary>
    /// <param name="patterns"><c>view.feature</c> or <c>view.*</c>, in the order of the vector.</param>
    /// <param name="entities">Alias of an entity to the request's column that holds its key.</param>
    public static FeatureVectorPlan? Compile(
        FeaturePlans plans,
        ContractPlan request,
        IReadOnlyList<string> patterns,
        IReadOnlyDictionary<string, string> entities,
        ProblemLocation where,
        ProblemList problems)
    {
        var compiler = new FeatureVectorCompiler(plans, request, entities, where, problems);
        foreach (var pattern in patterns)
        {
            compiler.Select(pattern);
        }

        var (lookups, onRequest, picks, width, columns) = compiler.Finish();
        return problems.Count > 0 ? null : new FeatureVectorPlan(request, lookups, onRequest, picks, width, columns);
    }

    /// <summary>Evaluates the vector. Allocates nothing. Cost: the rows inside the windows of the looked-up entities.</summary>
    /// <param name="state">Where the entities' events are.</param>
    /// <param name="request">The request row in the order of its contract's schema.</param>
    /// <param name="t">The instant.</param>
    /// <param name="horizon">The last position of the log that may be seen.</param>
    /// <param name="scratch">At least <see cref="ScratchWidth"/> long; overwritten.</param>
    /// <param name="vector">As long as <see cref="Columns"/>.</param>
    /// <returns>False when rows that the instant needs are not kept any more; the vector says nothing then.</returns>
    public bool Evaluate(IFeatureState state, ReadOnlySpan<Value> request, EventTime t, Horizon horizon, Span<Value> scratch, Span<Value> vector) =>
        Evaluate(state, request, t, horizon, scratch, vector, [], []);

    /// <summary>The same, and why each member has the value it has.</summary>
    /// <param name="state">Where the entities' events are.</param>
    /// <param name="request">The request row in the order of its contract's schema.</param>
    /// <param name="t">The instant.</param>
    /// <param name="horizon">The last position of the log that may be seen.</param>
    /// <param name="scratch">At least <see cref="ScratchWidth"/> long; overwritten.</param>
    /// <param name="vector">As long as <see cref="Columns"/>.</param>
    /// <param name="scratchStatuses">At least <see cref="ScratchWidth"/> long, or empty when nobody asks.</param>
    /// <param name="statuses">As long as <see cref="Columns"/>, or empty when nobody asks.</param>
    public bool Evaluate(
        IFeatureState state, ReadOnlySpan<Value> request, EventTime t, Horizon horizon, Span<Value> scratch, Span<Value> vector, Span<FeatureStatus> scratchStatuses, Span<FeatureStatus> statuses)
    {
        request.CopyTo(scratch);
        var asked = !statuses.IsEmpty;
        var answered = true;
        foreach (ref readonly var lookup in lookups.AsSpan())
        {
            var count = lookup.View.Plan.Features.Count;
            answered &= state.Evaluate(
                lookup.View, request[lookup.RequestColumn], t, horizon, scratch.Slice(lookup.Offset, count), asked ? scratchStatuses.Slice(lookup.Offset, count) : []);
        }

        Finish(scratch, vector, scratchStatuses, statuses);
        return answered;
    }

    /// <summary>The vector from looked up values that come from elsewhere: features of the request are computed over them as over live ones.</summary>
    /// <param name="request">The request row in the order of its contract's schema.</param>
    /// <param name="lookedUp">As long as <see cref="LookedUp"/>.</param>
    /// <param name="scratch">At least <see cref="ScratchWidth"/> long; overwritten.</param>
    /// <param name="vector">As long as <see cref="Columns"/>.</param>
    public void Complete(ReadOnlySpan<Value> request, ReadOnlySpan<Value> lookedUp, Span<Value> scratch, Span<Value> vector)
    {
        request.CopyTo(scratch);
        lookedUp.CopyTo(scratch[RequestWidth..]);
        Finish(scratch, vector, [], []);
    }

    private void Finish(Span<Value> scratch, Span<Value> vector, Span<FeatureStatus> scratchStatuses, Span<FeatureStatus> statuses)
    {
        var asked = !statuses.IsEmpty;
        for (var i = 0; i < onRequest.Length; i++)
        {
            scratch[visibleWidth + i] = onRequest[i].Evaluate(scratch[..visibleWidth]);
            if (asked)
            {
                scratchStatuses[visibleWidth + i] = scratch[visibleWidth + i].IsNull ? FeatureStatus.NullValue : FeatureStatus.Present;
            }
        }

        for (var i = 0; i < picks.Length; i++)
        {
            vector[i] = scratch[picks[i]];
            if (asked)
            {
                statuses[i] = scratchStatuses[picks[i]];
            }
        }

    }

    /// <summary>An entity view, the request column with its key, and where its features stand in the scratch row.</summary>
    internal readonly record struct EntityLookup(EntityFeatureView View, int RequestColumn, int Offset);
}
