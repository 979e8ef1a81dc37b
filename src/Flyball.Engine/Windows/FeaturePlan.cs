using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>One compiled feature of an entity view.</summary>
public sealed class FeaturePlan
{
    private readonly Node node;

    internal FeaturePlan(string name, Node node, string canonical, FeatureWindows windows)
    {
        this.node = node;
        Aggregates = [.. windows.Aggregates];
        IsClosed = windows.IsClosed;
        Name = name;
        Type = node.Type!.Value;
        Canonical = canonical;
        LongestWindowMicros = windows.LongestMicros;
    }

    public string Name { get; }

    /// <summary>The type of every value that is not null.</summary>
    public ScalarType Type { get; }

    /// <summary>The normalised text, which the digest of the definition hashes.</summary>
    public string Canonical { get; }

    /// <summary>How far it looks back: the longest of its windows, each with its delay, in microseconds.</summary>
    public long LongestWindowMicros { get; }

    /// <summary>The places of the aggregates it reads.</summary>
    internal int[] Aggregates { get; }

    /// <summary>Whether one of its windows includes the instant.</summary>
    internal bool IsClosed { get; }

    internal Value Evaluate(ReadOnlySpan<Value> aggregates) => node.Evaluate(aggregates);
}
