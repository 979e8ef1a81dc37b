using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>One compiled feature of an entity view.</summary>
public sealed class FeaturePlan
{
    private readonly Node node;

    internal FeaturePlan(string name, Node node, string canonical, long longestWindowMicros)
    {
        this.node = node;
        Name = name;
        Type = node.Type!.Value;
        Canonical = canonical;
        LongestWindowMicros = longestWindowMicros;
    }

    public string Name { get; }

    /// <summary>The type of every value that is not null.</summary>
    public ScalarType Type { get; }

    /// <summary>The normalised text, which the digest of the definition hashes.</summary>
    public string Canonical { get; }

    /// <summary>How far it looks back: the longest of its windows, each with its delay, in microseconds.</summary>
    public long LongestWindowMicros { get; }

    internal Value Evaluate(ReadOnlySpan<Value> aggregates) => node.Evaluate(aggregates);
}
