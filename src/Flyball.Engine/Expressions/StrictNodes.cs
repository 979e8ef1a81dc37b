namespace Flyball.Engine.Expressions;

// Functions that are null as soon as one argument is: what they apply sees values of the types that binding checked.

internal sealed class StrictOne(ScalarType type, Node operand, Func<Value, Value> apply) : Node(type)
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var a = operand.Evaluate(row);
        return a.IsNull ? a : apply(a);
    }
}

internal sealed class StrictTwo(ScalarType type, Node first, Node second, Func<Value, Value, Value> apply) : Node(type)
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var a = first.Evaluate(row);
        if (a.IsNull)
        {
            return a;
        }

        var b = second.Evaluate(row);
        return b.IsNull ? b : apply(a, b);
    }
}

internal sealed class StrictThree(ScalarType type, Node[] operands, Func<Value, Value, Value, Value> apply) : Node(type)
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var a = operands[0].Evaluate(row);
        var b = a.IsNull ? a : operands[1].Evaluate(row);
        var c = b.IsNull ? b : operands[2].Evaluate(row);
        return c.IsNull ? c : apply(a, b, c);
    }
}

/// <summary>Combines the operands that are not null, from left to right; null when all are.</summary>
internal sealed class SkippingNulls(ScalarType? type, Node[] operands, Func<Value, Value, Value> combine) : Node(type)
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var result = Value.Null;
        foreach (var operand in operands)
        {
            var value = operand.Evaluate(row);
            if (!value.IsNull)
            {
                result = result.IsNull ? value : combine(result, value);
                if (result.IsNull)
                {
                    return result;
                }
            }
        }

        return result;
    }
}
