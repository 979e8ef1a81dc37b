namespace Flyball.Engine.Expressions;

/// <summary>Chooses the comparison for two types.</summary>
internal static class Comparisons
{
    public const int Less = 1;
    public const int Equal = 2;
    public const int Greater = 4;

    public static int Accepted(BinaryOperator op) => op switch
    {
        BinaryOperator.Equal => Equal,
        BinaryOperator.NotEqual => Less | Greater,
        BinaryOperator.Less => Less,
        BinaryOperator.LessOrEqual => Less | Equal,
        BinaryOperator.Greater => Greater,
        _ => Greater | Equal,
    };

    /// <summary>Null when the types do not compare: numbers with numbers, else like with like, booleans only for equality.</summary>
    public static Node? Of(Node left, Node right, int accepted)
    {
        // The literal null takes the type of the other side; the result is null either way.
        var a = left.Type ?? right.Type ?? ScalarType.Integer;
        var b = right.Type ?? a;
        return (a, b) switch
        {
            (ScalarType.Integer, ScalarType.Number) => new ComparisonNode<IntegerNumberOrder>(left, right, accepted),
            (ScalarType.Number, ScalarType.Integer) => new ComparisonNode<NumberIntegerOrder>(left, right, accepted),
            (ScalarType.Number, ScalarType.Number) => new ComparisonNode<NumberOrder>(left, right, accepted),
            (ScalarType.Text, ScalarType.Text) => new ComparisonNode<TextOrder>(left, right, accepted),
            (ScalarType.Boolean, ScalarType.Boolean) when accepted is not (Equal or (Less | Greater)) => null,
            _ => a == b ? new ComparisonNode<BitsOrder>(left, right, accepted) : null,
        };
    }
}
