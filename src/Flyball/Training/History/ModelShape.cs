using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features;
using Flyball.Features.History;

namespace Flyball.Training.History;

/// <summary>A model's vector and its label, for its own requests: by the same plan as a live request, which finds the values of its views in the lanes.</summary>
internal sealed class ModelShape : IHistoryShape, IFeatureState
{
    public const string Label = "label";

    private readonly FeatureVectorPlan vector;
    private readonly Dictionary<int, (int Lane, int Offset)> places = [];
    private readonly Value[] scratch;
    private IReadOnlyList<Memory<Value>> lanes = [];

    /// <param name="vector">The model's.</param>
    /// <param name="views">The lanes of its views; the label's lane comes behind them.</param>
    /// <param name="requestColumns">What the spine calls the columns of a request.</param>
    public ModelShape(FeatureVectorPlan vector, IReadOnlyList<ViewLane> views, IReadOnlyList<string> requestColumns)
    {
        this.vector = vector;
        scratch = new Value[vector.ScratchWidth];
        Columns = [.. vector.Columns.Select(c => new Field(NameOf(c.Name), c.Type)), new(Label, ScalarType.Number)];
        Reads = [.. vector.Request.Schema.Fields.Select((f, i) => f with { Name = requestColumns[i] })];
        for (var lane = 0; lane < views.Count; lane++)
        {
            foreach (var view in views[lane].Views)
            {
                places.Add(view.Ordinal, (lane, views[lane].OffsetOf(view)));
            }
        }
    }

    public IReadOnlyList<Field> Columns { get; }

    public IReadOnlyList<Field> Reads { get; }

    public IReadOnlyList<(int Lane, int Offset)>? Picks => null;

    public void Shape(ReadOnlySpan<Value> spine, IReadOnlyList<Memory<Value>> lanes, Span<Value> into)
    {
        this.lanes = lanes;
        vector.Evaluate(this, spine, default, default, scratch, into[..vector.Columns.Count]);
        into[^1] = lanes[^1].Span[0];
    }

    /// <summary>The values are computed already, at the row's own instant; nobody asks for statuses here.</summary>
    bool IFeatureState.Evaluate(EntityFeatureView view, in Value key, EventTime t, Horizon horizon, Span<Value> into, Span<FeatureStatus> statuses)
    {
        var (lane, offset) = places[view.Ordinal];
        lanes[lane].Span.Slice(offset, view.Plan.Features.Count).CopyTo(into);
        return true;
    }

    private static string NameOf(string column) => column.Replace(".", "__", StringComparison.Ordinal);
}
