namespace Flyball.Engine.Expressions;

/// <summary>
/// One step of a compiled expression. Nodes are immutable, know the types of their operands from binding, and are total:
/// for any row that fits the schema they return a value of <see cref="Type"/> or null, and never throw.
/// </summary>
internal abstract class Node(ScalarType? type)
{
    /// <summary>Stands for an operand whose problem is already reported; it silences what follows from it.</summary>
    public static Node Invalid { get; } = new ConstantNode(Value.Null);

    /// <summary>Null for the literal <c>null</c>, which fits every type.</summary>
    public ScalarType? Type { get; } = type;

    public abstract Value Evaluate(ReadOnlySpan<Value> row);
}

internal sealed class ConstantNode(Value value) : Node(value.Kind)
{
    public Value Value { get; } = value;

    public override Value Evaluate(ReadOnlySpan<Value> row) => Value;
}

/// <summary>Reads a column. An integer in a column of numbers is converted; any other wrong type is a bug of the caller.</summary>
internal sealed class ColumnNode(int index, Field field) : Node(field.Type)
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var value = row[index];
        var kind = value.Kind;
        if (kind is null || kind == field.Type)
        {
            return value;
        }

        return kind == ScalarType.Integer && field.Type == ScalarType.Number
            ? Value.FromNumber(value.Bits)
            : throw new InvalidOperationException($"The column '{field.Name}' holds a value of type {kind} and is declared {field.Type}.");
    }
}

internal sealed class IntegerToNumber(Node operand) : Node(ScalarType.Number)
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var value = operand.Evaluate(row);
        return value.IsNull ? value : Value.FromNumber(value.Bits);
    }
}

internal sealed class IfNode(Node condition, Node then, Node otherwise, ScalarType? type) : Node(type)
{
    public override Value Evaluate(ReadOnlySpan<Value> row) =>
        condition.Evaluate(row).IsTrue ? then.Evaluate(row) : otherwise.Evaluate(row);
}

internal sealed class CoalesceNode(Node[] operands, ScalarType? type) : Node(type)
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        foreach (var operand in operands)
        {
            var value = operand.Evaluate(row);
            if (!value.IsNull)
            {
                return value;
            }
        }

        return Value.Null;
    }
}
