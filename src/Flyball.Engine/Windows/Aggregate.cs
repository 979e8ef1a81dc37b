using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>One aggregate of the language: what it accepts, and the fold that computes it.</summary>
internal abstract class Aggregate(string name)
{
    /// <summary>As expressions spell it.</summary>
    public string Name { get; } = name;

    /// <summary>What it accepts, for a message.</summary>
    public abstract string Accepts { get; }

    /// <summary>Whether it may stand without an argument.</summary>
    public virtual bool CountsRows => false;

    /// <summary>The fold over every row, or over the rows that fulfil a condition.</summary>
    public virtual AggregateFold? OfRows(bool conditioned) => null;

    /// <summary>The fold over values of a type, or null when that type is not accepted.</summary>
    public abstract AggregateFold? Of(ScalarType type);
}
