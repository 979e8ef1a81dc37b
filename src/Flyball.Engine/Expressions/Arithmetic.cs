namespace Flyball.Engine.Expressions;

/// <summary>Chooses the operation for two types: integers stay integers except under <c>/</c>, an integer beside a number becomes one.</summary>
internal static class Arithmetic
{
    public static string Accepts(BinaryOperator op) => op switch
    {
        BinaryOperator.IntegerDivide => "integers",
        BinaryOperator.Concatenate => "texts",
        _ => "numbers",
    };

    public static string? Remedy(BinaryOperator op, Node left, Node right) => op switch
    {
        BinaryOperator.IntegerDivide => "Write floor(a / b) for numbers.",
        BinaryOperator.Concatenate when left.Type == ScalarType.Boolean && right.Type == ScalarType.Boolean => "Write 'or'.",
        BinaryOperator.Concatenate => "Write cast(x as text).",
        BinaryOperator.Subtract or BinaryOperator.Add when left.Type == ScalarType.Timestamp => "Write date_diff('day', a, b) or date_add('day', n, t).",
        BinaryOperator.Add when left.Type == ScalarType.Text && right.Type == ScalarType.Text => "Write a || b.",
        _ => null,
    };

    /// <summary>Null when the types do not fit.</summary>
    public static Node? Of(BinaryOperator op, Node left, Node right)
    {
        if (op == BinaryOperator.Concatenate)
        {
            return left.Type is ScalarType.Text or null && right.Type is ScalarType.Text or null
                ? new StrictTwo(ScalarType.Text, left, right, static (a, b) => TextLimit.Concatenate(a.Text, b.Text))
                : null;
        }

        var whole = left.Type is ScalarType.Integer or null && right.Type is ScalarType.Integer or null;
        if (op == BinaryOperator.IntegerDivide)
        {
            return whole ? new IntegerArithmetic<IntegerDivision>(left, right) : null;
        }

        if (whole && op != BinaryOperator.Divide)
        {
            return op switch
            {
                BinaryOperator.Add => new IntegerArithmetic<Addition>(left, right),
                BinaryOperator.Subtract => new IntegerArithmetic<Subtraction>(left, right),
                BinaryOperator.Multiply => new IntegerArithmetic<Multiplication>(left, right),
                _ => new IntegerArithmetic<Remainder>(left, right),
            };
        }

        return ExpressionBinder.As(left, ScalarType.Number) is { } a && ExpressionBinder.As(right, ScalarType.Number) is { } b ? OfNumbers(op, a, b) : null;
    }

    private static Node OfNumbers(BinaryOperator op, Node a, Node b) => op switch
    {
        BinaryOperator.Add => new NumberArithmetic<Addition>(a, b),
        BinaryOperator.Subtract => new NumberArithmetic<Subtraction>(a, b),
        BinaryOperator.Multiply => new NumberArithmetic<Multiplication>(a, b),
        BinaryOperator.Divide => new NumberArithmetic<Division>(a, b),
        _ => new NumberArithmetic<Remainder>(a, b),
    };
}
