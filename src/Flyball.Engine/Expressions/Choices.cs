namespace Flyball.Engine.Expressions;

/// <summary>The constructs that give one of several alternatives, which they bring to one type.</summary>
internal static class Choices
{
    public static readonly string[] Names = ["if", "coalesce", "nullif", "least", "greatest", "concat"];

    public static Node Call(CallSyntax call, ExpressionBinder binder) => call.Name switch
    {
        "if" => If(call, binder),
        "nullif" => NullIf(call, binder),
        "concat" => Concatenation(call, binder),
        _ => Many(call, binder),
    };

    /// <summary>A chain of conditions; the form with an operand compares it with each value.</summary>
    public static Node Case(CaseSyntax choice, ExpressionBinder binder)
    {
        var operand = choice.Operand is { } compared ? binder.Bind(compared) : null;
        var conditions = choice.Branches.Select(b => operand is null ? binder.BindCondition(b.Condition, "'when'") : Matched(operand, b.Condition, binder)).ToArray();
        var results = choice.Branches.Select(b => b.Result).Append(choice.Otherwise).Select(s => s is null ? new ConstantNode(Value.Null) : binder.Bind(s)).ToArray();
        var starts = choice.Branches.Select(b => b.Result.Start).Append(choice.Otherwise?.Start ?? choice.Start).ToArray();
        if (ExpressionBinder.IsBroken([.. conditions, .. results]) || !TryUnify("case", results, starts, binder, out var type))
        {
            return Node.Invalid;
        }

        var node = results[^1];
        for (var i = conditions.Length - 1; i >= 0; i--)
        {
            node = new IfNode(conditions[i], results[i], node, type);
        }

        return node;
    }

    private static Node Matched(Node operand, ExpressionSyntax value, ExpressionBinder binder)
    {
        var node = binder.Bind(value);
        return ExpressionBinder.IsBroken(operand, node) ? Node.Invalid : binder.Compare(operand, node, Comparisons.Equal, value.Start, "'case'");
    }

    private static Node If(CallSyntax call, ExpressionBinder binder)
    {
        var nodes = call.Arguments.Select((a, i) => i == 0 ? binder.BindCondition(a, "if()") : binder.Bind(a)).ToArray();
        if (!FunctionBinder.CountFits(call, 3, 3, binder, "Write if(condition, then, otherwise).") || ExpressionBinder.IsBroken(nodes))
        {
            return Node.Invalid;
        }

        var starts = call.Arguments.Skip(1).Select(a => a.Start).ToArray();
        return TryUnify("if()", nodes.AsSpan(1), starts, binder, out var type) ? new IfNode(nodes[0], nodes[1], nodes[2], type) : Node.Invalid;
    }

    private static Node NullIf(CallSyntax call, ExpressionBinder binder)
    {
        var nodes = call.Arguments.Select(binder.Bind).ToArray();
        if (!FunctionBinder.CountFits(call, 2, 2, binder) || ExpressionBinder.IsBroken(nodes))
        {
            return Node.Invalid;
        }

        var equal = binder.Compare(nodes[0], nodes[1], Comparisons.Equal, call.Start, "nullif()");
        return ExpressionBinder.IsBroken(equal) ? equal : new IfNode(equal, new ConstantNode(Value.Null), nodes[0], nodes[0].Type);
    }

    private static Node Concatenation(CallSyntax call, ExpressionBinder binder)
    {
        var nodes = call.Arguments.Select(binder.Bind).ToArray();
        if (!FunctionBinder.CountFits(call, 1, int.MaxValue, binder) || ExpressionBinder.IsBroken(nodes))
        {
            return Node.Invalid;
        }

        for (var i = 0; i < nodes.Length; i++)
        {
            if (nodes[i].Type is not (ScalarType.Text or null))
            {
                return binder.Refuse(ProblemCodes.TypeMismatch, call.Arguments[i].Start, $"concat() needs text and got {ExpressionBinder.Article(nodes[i])}", "Write cast(x as text).");
            }
        }

        return new SkippingNulls(ScalarType.Text, nodes, static (a, b) => TextLimit.Concatenate(a.Text, b.Text));
    }

    /// <summary>coalesce, least and greatest.</summary>
    private static Node Many(CallSyntax call, ExpressionBinder binder)
    {
        var nodes = call.Arguments.Select(binder.Bind).ToArray();
        var starts = call.Arguments.Select(a => a.Start).ToArray();
        if (!FunctionBinder.CountFits(call, 1, int.MaxValue, binder) || ExpressionBinder.IsBroken(nodes)
            || !TryUnify(call.Name + "()", nodes, starts, binder, out var type))
        {
            return Node.Invalid;
        }

        if (call.Name == "coalesce")
        {
            return new CoalesceNode(nodes, type);
        }

        if (type == ScalarType.Boolean)
        {
            return binder.Refuse(ProblemCodes.TypeMismatch, call.Start, $"{call.Name}() cannot order booleans", "Write 'and' or 'or'.");
        }

        var sign = call.Name == "least" ? -1 : 1;
        return new SkippingNulls(type, nodes, (a, b) => Math.Sign(Order(a, b)) == sign ? a : b);
    }

    private static int Order(in Value a, in Value b) => a.Kind switch
    {
        ScalarType.Number => a.Number.CompareTo(b.Number),
        ScalarType.Text => string.CompareOrdinal(a.Text, b.Text),
        _ => a.Bits.CompareTo(b.Bits),
    };

    /// <summary>Brings alternatives to one type, converting integers beside numbers; false after reporting that there is none.</summary>
    private static bool TryUnify(string of, Span<Node> nodes, int[] starts, ExpressionBinder binder, out ScalarType? type)
    {
        type = null;
        foreach (var node in nodes)
        {
            type = type is null || (type == ScalarType.Integer && node.Type == ScalarType.Number) ? node.Type : type;
        }

        for (var i = 0; type is { } wanted && i < nodes.Length; i++)
        {
            if (ExpressionBinder.As(nodes[i], wanted) is not { } converted)
            {
                binder.Refuse(ProblemCodes.TypeMismatch, starts[i], $"The alternatives of {of} differ: {ExpressionBinder.Article(nodes[i].Type)} beside {ExpressionBinder.Article(wanted)}", "Give them one type.");
                return false;
            }

            nodes[i] = converted;
        }

        return true;
    }
}
