using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Features.Reads;

/// <summary>Values of several features for several entities, feature by feature.</summary>
public sealed class FeatureAnswer
{
    internal FeatureAnswer(IReadOnlyList<ReadColumn> columns, int rows, EventTime at, Horizon horizon)
    {
        Columns = columns;
        Rows = rows;
        At = at;
        Horizon = horizon;
        Values = new Value[columns.Count * rows];
        Statuses = new FeatureStatus[columns.Count * rows];
        var groups = columns.Select(c => c.Group).DefaultIfEmpty(-1).Max() + 1;
        LastEvents = [.. Enumerable.Range(0, groups).Select(_ => new EventTime?[rows])];
    }

    /// <summary>The features in the order they were asked for.</summary>
    public IReadOnlyList<ReadColumn> Columns { get; }

    /// <summary>Entities.</summary>
    public int Rows { get; }

    /// <summary>The instant, of rows that brought none of their own.</summary>
    public EventTime At { get; }

    /// <summary>Events up to here were seen.</summary>
    public Horizon Horizon { get; }

    /// <summary>When the last event of each row's entity was that counts; null when there is none. One list for each <see cref="ReadColumn.Group"/>.</summary>
    public IReadOnlyList<EventTime?[]> LastEvents { get; }

    internal Value[] Values { get; }

    internal FeatureStatus[] Statuses { get; }

    /// <summary>The values of one feature, a row each.</summary>
    public ReadOnlySpan<Value> ValuesOf(int column) => Values.AsSpan(column * Rows, Rows);

    /// <summary>Why each has the value it has.</summary>
    public ReadOnlySpan<FeatureStatus> StatusesOf(int column) => Statuses.AsSpan(column * Rows, Rows);
}
