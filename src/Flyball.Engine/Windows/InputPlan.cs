using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>What is evaluated once for each row when it is appended: an argument, under a condition. Aggregates with the same share it.</summary>
/// <param name="argument">Null for <c>count()</c>, which looks at no value.</param>
/// <param name="condition">Null when every row counts.</param>
/// <param name="storage">How the values are kept.</param>
internal sealed class InputPlan(Node? argument, Node? condition, InputStorage storage)
{
    public InputStorage Storage { get; } = storage;

    /// <summary>What the aggregates of this input need to be kept beside its values; grows while a view is bound.</summary>
    public InputNeeds Needs { get; set; }

    /// <summary>Whether the row counts and has a value, see <see cref="InputColumn"/>.</summary>
    public byte Evaluate(ReadOnlySpan<Value> row, out Value value)
    {
        value = Value.Null;
        if (condition is not null && !condition.Evaluate(row).IsTrue)
        {
            return InputColumn.Absent;
        }

        if (argument is null)
        {
            return InputColumn.Present;
        }

        value = argument.Evaluate(row);
        return value.IsNull ? InputColumn.Null : InputColumn.Present;
    }
}
