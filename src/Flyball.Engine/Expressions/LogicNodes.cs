namespace Flyball.Engine.Expressions;

// SQL's three-valued logic: null means "not known", so false and null is false, true or null is true, the rest is null.

internal sealed class AndNode(Node left, Node right) : Node(ScalarType.Boolean)
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var a = left.Evaluate(row);
        if (!a.IsNull && a.Bits == 0)
        {
            return a;
        }

        var b = right.Evaluate(row);
        return a.IsNull && !b.IsNull && b.Bits != 0 ? a : b;
    }
}

internal sealed class OrNode(Node left, Node right) : Node(ScalarType.Boolean)
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var a = left.Evaluate(row);
        if (!a.IsNull && a.Bits != 0)
        {
            return a;
        }

        var b = right.Evaluate(row);
        return a.IsNull && !b.IsNull && b.Bits == 0 ? a : b;
    }
}

internal sealed class NotNode(Node operand) : Node(ScalarType.Boolean)
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var a = operand.Evaluate(row);
        return a.IsNull ? a : Value.FromBoolean(a.Bits == 0);
    }
}

internal sealed class IsNullNode(Node operand, bool negated) : Node(ScalarType.Boolean)
{
    public override Value Evaluate(ReadOnlySpan<Value> row) => Value.FromBoolean(operand.Evaluate(row).IsNull != negated);
}

/// <summary>The disjunction of many conditions: true when one is, else null when one is, else false.</summary>
internal sealed class AnyNode(Node[] conditions) : Node(ScalarType.Boolean)
{
    public override Value Evaluate(ReadOnlySpan<Value> row)
    {
        var unknown = false;
        foreach (var condition in conditions)
        {
            var value = condition.Evaluate(row);
            if (value.IsTrue)
            {
                return value;
            }

            unknown |= value.IsNull;
        }

        return unknown ? Value.Null : Value.FromBoolean(false);
    }
}
