using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Training.Datasets;

/// <summary>
/// The label rows of one key, and the one rule by which a label follows from them: the latest row with an event time in [t, t + window], else the
/// value for absence. Of rows about one fact the last of the log counts, and when it takes the label back, none does. Rows may come in any order.
/// </summary>
internal sealed class LabelRows(ModelPlan model)
{
    private readonly List<(RowStamp Stamp, RowIdentity Identity, double? Label)> rows = [];

    /// <exception cref="FlyballException">FLY3220, FLY3235: the value is no label.</exception>
    public void Add(RowStamp stamp, RowIdentity identity, Value value)
    {
        var label = identity is { IsKeyed: true, Kind: RowKind.Retraction } ? null : model.Labels.Read(value);
        if (identity.IsKeyed)
        {
            if (rows.Exists(r => r.Identity.IsKeyed && r.Identity.Key == identity.Key && r.Stamp.Seq > stamp.Seq))
            {
                return;
            }

            rows.RemoveAll(r => r.Identity.IsKeyed && r.Identity.Key == identity.Key);
            rows.Add((stamp, identity, label));
        }
        else if (label is not null)
        {
            rows.Add((stamp, identity, label));
        }
    }

    public void Clear() => rows.Clear();

    /// <summary>The label of a request at an instant; null when it has none.</summary>
    public double? At(EventTime t)
    {
        var until = t.Micros + model.Definition.Label.WindowMicros;
        (RowStamp Stamp, double Label)? latest = null;
        foreach (var (stamp, _, label) in rows)
        {
            // What a row says of itself is known with it, and by what corrects it.
            var counts = model.HasOwnLabel || (stamp.EventTime >= t && stamp.EventTime.Micros <= until);
            if (label is { } found && counts && (latest is null || stamp > latest.Value.Stamp))
            {
                latest = (stamp, found);
            }
        }

        return latest?.Label ?? model.Definition.Label.Absent;
    }
}
