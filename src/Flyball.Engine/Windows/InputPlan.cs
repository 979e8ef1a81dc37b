using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>What is evaluated once for each row when it is appended: an argument, under a condition. Aggregates with the same share it.</summary>
/// <param name="argument">Null for <c>count()</c>, which looks at no value.</param>
/// <param name="condition">Null when every row counts.</param>
/// <param name="storage">How the values are kept.</param>
internal sealed class InputPlan(Node? argument, Node? condition, InputStorage storage)
{
    private static readonly Value Counts = Value.FromBoolean(true);

    public InputStorage Storage { get; } = storage;

    /// <summary>Null when the row does not enter the aggregate.</summary>
    public Value Evaluate(ReadOnlySpan<Value> row) =>
        condition is not null && !condition.Evaluate(row).IsTrue ? Value.Null : argument?.Evaluate(row) ?? Counts;
}
