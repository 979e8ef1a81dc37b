using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features.History;
using Flyball.Training.Datasets;

namespace Flyball.Training.History;

/// <summary>The label of a request, by the rule of training sets.</summary>
internal sealed class LabelFold(ModelPlan model) : ILaneFold
{
    private readonly LabelRows rows = new(model);

    /// <summary>The lane of a model's labels.</summary>
    /// <param name="model">The model.</param>
    /// <param name="spineColumn">The column of the spine that labels are joined by.</param>
    public static HistoryLane LaneOf(ModelPlan model, string spineColumn) =>
        new(model.LabelSource, model.LabelKeyIndex, [model.LabelValueIndex], spineColumn, 1, () => new LabelFold(model)) { ReachMicros = model.Definition.Label.WindowMicros };

    public void Begin() => rows.Clear();

    public void Append(RowStamp stamp, RowIdentity identity, ReadOnlySpan<Value> cells) => rows.Add(stamp, identity, cells[0]);

    public void Evaluate(EventTime t, KnownAt? knownBy, Span<Value> into) => into[0] = rows.At(t) is { } label ? Value.FromNumber(label) : Value.Null;
}
