namespace Flyball.Engine.Windows;

/// <summary>What one feature turns out to read while it is bound.</summary>
internal sealed class FeatureWindows
{
    /// <summary>How far it looks back, delays included.</summary>
    public long LongestMicros { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>Places among the view's aggregates.</summary>
    public SortedSet<int> Aggregates { get; } = [];

    public void Add(WindowShape shape, int aggregate)
    {
        LongestMicros = Math.Max(LongestMicros, shape.LengthMicros + shape.DelayMicros);
        IsClosed |= shape.IsClosed;
        Aggregates.Add(aggregate);
    }
}
