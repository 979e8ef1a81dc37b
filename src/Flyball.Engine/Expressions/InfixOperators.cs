namespace Flyball.Engine.Expressions;

/// <summary>What stands between two operands, and how tightly it binds.</summary>
internal static class InfixOperators
{
    /// <summary>The tests that 'not' may precede.</summary>
    public static readonly string[] Negatable = ["in", "between", "like"];

    /// <param name="Word">The symbol or word in lower case.</param>
    /// <param name="Precedence">One of the levels of <see cref="CanonicalText"/>.</param>
    /// <param name="Operator">Null for those that take more than a right operand.</param>
    public readonly record struct Infix(string Word, int Precedence, BinaryOperator? Operator);

    /// <summary>Null when the current token is no operator.</summary>
    public static Infix? At(TokenCursor cursor)
    {
        if (cursor.Current.Kind == TokenKind.Symbol)
        {
            var symbol = cursor.Current.Text;
            return symbol == "::" ? new("::", CanonicalText.Primary, null)
                : OfSymbol(symbol) is { } op ? new(symbol, CanonicalText.PrecedenceOf(op), op)
                : null;
        }

        if (cursor.IsWord("or"))
        {
            return new("or", CanonicalText.Or, BinaryOperator.Or);
        }

        if (cursor.IsWord("and"))
        {
            return new("and", CanonicalText.And, BinaryOperator.And);
        }

        return cursor.IsWord("is") ? Test("is")
            : cursor.IsWord("in") ? Test("in")
            : cursor.IsWord("between") ? Test("between")
            : cursor.IsWord("like") ? Test("like")
            : cursor.IsWord("not") ? Test("not")
            : null;
    }

    private static Infix Test(string word) => new(word, CanonicalText.Comparison, null);

    private static BinaryOperator? OfSymbol(string symbol) => symbol switch
    {
        "=" or "==" => BinaryOperator.Equal,
        "!=" or "<>" => BinaryOperator.NotEqual,
        "<" => BinaryOperator.Less,
        "<=" => BinaryOperator.LessOrEqual,
        ">" => BinaryOperator.Greater,
        ">=" => BinaryOperator.GreaterOrEqual,
        "+" => BinaryOperator.Add,
        "-" => BinaryOperator.Subtract,
        "||" => BinaryOperator.Concatenate,
        "*" => BinaryOperator.Multiply,
        "/" => BinaryOperator.Divide,
        "//" => BinaryOperator.IntegerDivide,
        "%" => BinaryOperator.Remainder,
        _ => null,
    };
}
