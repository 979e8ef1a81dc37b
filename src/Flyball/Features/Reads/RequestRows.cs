using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Features.Reads;

/// <summary>Rows of a model's requests, put together from columns.</summary>
internal sealed class RequestRows
{
    private readonly FeatureVectorPlan vector;
    private readonly EventTime now;
    private readonly (KeyColumn Column, int Index)[] given;

    /// <exception cref="Engine.Problems.FlyballException">FLY3182: an entity's column is missing, or one is not of the source.</exception>
    public RequestRows(FeatureVectorPlan vector, IReadOnlyList<KeyColumn> columns, EventTime now)
    {
        this.vector = vector;
        this.now = now;
        var schema = vector.Request.Schema;
        given = [.. columns.Select(c => (c, schema.IndexOf(c.Name)))];
        if (Array.Find(given, g => g.Index < 0).Column is { } unknown)
        {
            throw ReadKeys.Wrong(unknown.Name, $"Requests of this model are rows of {vector.Request.Source}, which has no column {unknown.Name}.");
        }

        foreach (var (view, index) in vector.Entities)
        {
            if (!Array.Exists(given, g => g.Index == index))
            {
                var name = schema.Fields[index].Name;
                throw ReadKeys.Wrong(name, $"The view {view.Name} needs the keys in {name}.", $"Send a list of them under '{name}'.");
            }
        }
    }

    /// <summary>Sets every column of a row.</summary>
    public void Fill(Span<Value> row, int index)
    {
        row.Clear();
        var contract = vector.Request;
        if (!contract.IsTimedByArrival)
        {
            row[contract.EventTimeIndex] = Value.FromTimestamp(now);
        }

        foreach (var (column, at) in given)
        {
            if (!TypedValue.TryRead(column.Values[index], contract.Schema.Fields[at].Type, out var value))
            {
                throw TypedValue.Mismatch(column.Name, index, contract.Schema.Fields[at].Type);
            }

            if (!(value.IsNull && at == contract.EventTimeIndex))
            {
                row[at] = contract.ProtectKey(at, value);
            }
        }
    }
}
