namespace Flyball.Engine.Expressions;

internal enum UnaryOperator
{
    Negate,
    Not,
}

internal enum BinaryOperator
{
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Concatenate,
    Multiply,
    Divide,
    IntegerDivide,
    Remainder,
}

internal sealed class LiteralSyntax(int start, Value value) : ExpressionSyntax(start)
{
    public Value Value { get; } = value;
}

internal sealed class NameSyntax(int start, string name) : ExpressionSyntax(start)
{
    public string Name { get; } = name;
}

/// <summary>Stands where something unreadable was; the problem is already reported.</summary>
internal sealed class UnreadableSyntax(int start) : ExpressionSyntax(start);

internal sealed class UnarySyntax(int start, UnaryOperator op, ExpressionSyntax operand) : ExpressionSyntax(start, operand)
{
    public UnaryOperator Operator { get; } = op;

    public ExpressionSyntax Operand { get; } = operand;
}

internal sealed class BinarySyntax(int start, BinaryOperator op, ExpressionSyntax left, ExpressionSyntax right)
    : ExpressionSyntax(start, left, right)
{
    public BinaryOperator Operator { get; } = op;

    public ExpressionSyntax Left { get; } = left;

    public ExpressionSyntax Right { get; } = right;
}

internal sealed class InSyntax(int start, ExpressionSyntax operand, ExpressionSyntax[] items, bool negated)
    : ExpressionSyntax(start, [operand, .. items])
{
    public ExpressionSyntax Operand { get; } = operand;

    public IReadOnlyList<ExpressionSyntax> Items { get; } = items;

    public bool Negated { get; } = negated;
}

internal sealed class BetweenSyntax(int start, ExpressionSyntax operand, ExpressionSyntax low, ExpressionSyntax high, bool negated)
    : ExpressionSyntax(start, operand, low, high)
{
    public ExpressionSyntax Operand { get; } = operand;

    public ExpressionSyntax Low { get; } = low;

    public ExpressionSyntax High { get; } = high;

    public bool Negated { get; } = negated;
}

internal sealed class IsNullSyntax(int start, ExpressionSyntax operand, bool negated) : ExpressionSyntax(start, operand)
{
    public ExpressionSyntax Operand { get; } = operand;

    public bool Negated { get; } = negated;
}

internal sealed class LikeSyntax(int start, ExpressionSyntax operand, ExpressionSyntax pattern, bool negated)
    : ExpressionSyntax(start, operand, pattern)
{
    public ExpressionSyntax Operand { get; } = operand;

    public ExpressionSyntax Pattern { get; } = pattern;

    public bool Negated { get; } = negated;
}

internal sealed class CastSyntax(int start, ExpressionSyntax operand, ScalarType target) : ExpressionSyntax(start, operand)
{
    public ExpressionSyntax Operand { get; } = operand;

    public ScalarType Target { get; } = target;
}

/// <summary>One <c>when CONDITION then RESULT</c>; in the form with an operand the condition is a value to compare it with.</summary>
internal readonly record struct CaseBranch(ExpressionSyntax Condition, ExpressionSyntax Result);

internal sealed class CaseSyntax(int start, ExpressionSyntax? operand, CaseBranch[] branches, ExpressionSyntax? otherwise)
    : ExpressionSyntax(start, [operand, otherwise, .. branches.Select(b => b.Condition), .. branches.Select(b => b.Result)])
{
    /// <summary>Null in the form whose branches hold conditions.</summary>
    public ExpressionSyntax? Operand { get; } = operand;

    public IReadOnlyList<CaseBranch> Branches { get; } = branches;

    /// <summary>Null when there is no else, which gives null.</summary>
    public ExpressionSyntax? Otherwise { get; } = otherwise;
}

internal sealed class CallSyntax(int start, string name, ExpressionSyntax[] arguments, WindowClause? window)
    : ExpressionSyntax(start, [.. arguments, window?.Where, window?.Empty])
{
    /// <summary>As the language spells it: lower case, aliases replaced.</summary>
    public string Name { get; } = name;

    public IReadOnlyList<ExpressionSyntax> Arguments { get; } = arguments;

    public WindowClause? Window { get; } = window;
}

/// <summary>What follows an aggregate: <c>over 7d where … delay 1h empty 0 ignore_nulls</c>.</summary>
internal sealed record WindowClause(
    int Start, long WindowMicros, ExpressionSyntax? Where = null, long DelayMicros = 0, LiteralSyntax? Empty = null, bool IgnoresNulls = false);
