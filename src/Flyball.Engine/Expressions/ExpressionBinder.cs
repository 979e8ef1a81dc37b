using Flyball.Engine.Problems;

namespace Flyball.Engine.Expressions;

/// <summary>Gives every construct a type and a node; reports every construct that has none and goes on.</summary>
internal sealed class ExpressionBinder(NameScope scope, List<Problem> problems)
{
    public Node Bind(ExpressionSyntax syntax) => syntax switch
    {
        LiteralSyntax literal => new ConstantNode(literal.Value),
        NameSyntax name => scope.Name(name, this),
        UnarySyntax unary => Unary(unary),
        BinarySyntax binary => Binary(binary),
        InSyntax membership => Membership(membership),
        BetweenSyntax between => Between(between),
        IsNullSyntax test => Bind(test.Operand) is var operand && IsBroken(operand) ? Node.Invalid : new IsNullNode(operand, test.Negated),
        LikeSyntax like => Like(like),
        CastSyntax cast => Casts.Bind(cast, this),
        CaseSyntax choice => Choices.Case(choice, this),
        CallSyntax call => AggregateNames.Contains(call.Name) ? scope.Aggregate(call, this) : FunctionBinder.Bind(call, this),
        _ => Node.Invalid,
    };

    /// <summary>The same problems, other names.</summary>
    public ExpressionBinder Within(NameScope inner) => new(inner, problems);

    /// <summary>Binds a whole expression, which must have a type.</summary>
    public Node BindTyped(ExpressionSyntax syntax)
    {
        var node = Bind(syntax);
        return node.Type is null && !IsBroken(node)
            ? Refuse(ProblemCodes.NoType, syntax.Start, "The expression is always null and has no type", "Read a column or compute a value.")
            : node;
    }

    /// <summary>Binds a condition: boolean, or the literal null.</summary>
    public Node BindCondition(ExpressionSyntax syntax, string of)
    {
        var node = Bind(syntax);
        if (IsBroken(node) || node.Type is ScalarType.Boolean or null)
        {
            return node;
        }

        var remedy = node.Type is ScalarType.Integer or ScalarType.Number ? "Compare it with something: x != 0." : "Compare it with something.";
        return Refuse(ProblemCodes.TypeMismatch, syntax.Start, $"{of} needs a boolean and got {Article(node)}", remedy);
    }

    public Node Refuse(string code, int start, string message, string? remedy = null)
    {
        problems.Add(ProblemCodes.At(code, start, message, remedy));
        return Node.Invalid;
    }

    public static bool IsBroken(params ReadOnlySpan<Node> nodes)
    {
        foreach (var node in nodes)
        {
            if (ReferenceEquals(node, Node.Invalid))
            {
                return true;
            }
        }

        return false;
    }

    public static string Article(Node node) => Article(node.Type);

    public static string Article(ScalarType? type) => type switch
    {
        null => "null",
        ScalarType.Integer => "an integer",
        ScalarType.Boolean => "a boolean",
        ScalarType.Number => "a number",
        ScalarType.Text => "text",
        _ => "a timestamp",
    };

    /// <summary>The operand as the given type, or null when it is neither that nor convertible to it without loss of meaning.</summary>
    public static Node? As(Node node, ScalarType type) =>
        node.Type == type || node.Type is null ? node
        : node.Type == ScalarType.Integer && type == ScalarType.Number ? new IntegerToNumber(node)
        : null;

    private Node Unary(UnarySyntax unary)
    {
        if (unary.Operator == UnaryOperator.Not)
        {
            var condition = BindCondition(unary.Operand, "'not'");
            return IsBroken(condition) ? condition : new NotNode(condition);
        }

        var operand = Bind(unary.Operand);
        return IsBroken(operand) ? operand
            : operand.Type is ScalarType.Integer or ScalarType.Number or null ? MathFunctions.OnIntegerOrNumber<Negation>(operand)
            : Refuse(ProblemCodes.TypeMismatch, unary.Start, $"'-' needs a number and got {Article(operand)}");
    }

    private Node Binary(BinarySyntax binary)
    {
        var symbol = CanonicalText.SymbolOf(binary.Operator);
        if (binary.Operator is BinaryOperator.And or BinaryOperator.Or)
        {
            var (a, b) = (BindCondition(binary.Left, $"'{symbol}'"), BindCondition(binary.Right, $"'{symbol}'"));
            return IsBroken(a, b) ? Node.Invalid : binary.Operator == BinaryOperator.And ? new AndNode(a, b) : new OrNode(a, b);
        }

        var (left, right) = (Bind(binary.Left), Bind(binary.Right));
        if (IsBroken(left, right))
        {
            return Node.Invalid;
        }

        if (CanonicalText.PrecedenceOf(binary.Operator) == CanonicalText.Comparison)
        {
            return IsNullLiteral(binary.Left) || IsNullLiteral(binary.Right)
                ? Refuse(ProblemCodes.TypeMismatch, binary.Start, $"A comparison with null by '{symbol}' is always null", "Write 'is null' or 'is not null'.")
                : Compare(left, right, Comparisons.Accepted(binary.Operator), binary.Start, $"'{symbol}'");
        }

        return Arithmetic.Of(binary.Operator, left, right)
            ?? Refuse(ProblemCodes.TypeMismatch, binary.Start, $"'{symbol}' needs two {Arithmetic.Accepts(binary.Operator)} and got {Article(left)} and {Article(right)}", Arithmetic.Remedy(binary.Operator, left, right));
    }

    private Node Like(LikeSyntax like)
    {
        var (operand, pattern) = (Bind(like.Operand), Bind(like.Pattern));
        if (IsBroken(operand, pattern))
        {
            return Node.Invalid;
        }

        if (operand.Type is not (ScalarType.Text or null) || pattern.Type is not (ScalarType.Text or null))
        {
            return Refuse(ProblemCodes.TypeMismatch, like.Start, $"'like' needs text and a pattern and got {Article(operand)} and {Article(pattern)}", "A pattern is text: % stands for anything, _ for one character.");
        }

        var match = new StrictTwo(ScalarType.Boolean, operand, pattern, static (text, pattern) => Value.FromBoolean(LikePattern.Matches(text.Text, pattern.Text)));
        return like.Negated ? new NotNode(match) : match;
    }

    private Node Membership(InSyntax membership)
    {
        var operand = Bind(membership.Operand);
        var items = membership.Items.Select(item => (item.Start, Node: Bind(item))).ToList();
        if (IsBroken([operand, .. items.Select(item => item.Node)]))
        {
            return Node.Invalid;
        }

        var tests = items.Select(item => Compare(operand, item.Node, Comparisons.Equal, item.Start, "'in'")).ToArray();
        return IsBroken(tests) ? Node.Invalid : membership.Negated ? new NotNode(new AnyNode(tests)) : new AnyNode(tests);
    }

    private Node Between(BetweenSyntax between)
    {
        var (operand, low, high) = (Bind(between.Operand), Bind(between.Low), Bind(between.High));
        if (IsBroken(operand, low, high))
        {
            return Node.Invalid;
        }

        var above = Compare(operand, low, Comparisons.Accepted(BinaryOperator.GreaterOrEqual), between.Low.Start, "'between'");
        var below = Compare(operand, high, Comparisons.Accepted(BinaryOperator.LessOrEqual), between.High.Start, "'between'");
        if (IsBroken(above, below))
        {
            return Node.Invalid;
        }

        var both = new AndNode(above, below);
        return between.Negated ? new NotNode(both) : both;
    }

    /// <param name="left">The left operand.</param>
    /// <param name="right">The right operand.</param>
    /// <param name="accepted">Which outcomes are true, see <see cref="Comparisons"/>.</param>
    /// <param name="start">Where a problem points.</param>
    /// <param name="of">What compares, for a message.</param>
    public Node Compare(Node left, Node right, int accepted, int start, string of)
    {
        (left, right) = (Dated(left, right), Dated(right, left));
        return Comparisons.Of(left, right, accepted)
            ?? Refuse(ProblemCodes.TypeMismatch, start, $"{of} cannot compare {Article(left)} with {Article(right)}", RemedyFor(left, right));
    }

    private static string? RemedyFor(Node left, Node right) =>
        (left.Type, right.Type) is (ScalarType.Timestamp, ScalarType.Text) or (ScalarType.Text, ScalarType.Timestamp)
            ? "Write the point in time as '2026-01-31' or '2026-01-31T12:00:00Z'."
            : left.Type == ScalarType.Boolean && right.Type == ScalarType.Boolean
                ? "Booleans are equal or not; they have no order."
                : (left.Type, right.Type) is (ScalarType.Text, ScalarType.Integer or ScalarType.Number) or (ScalarType.Integer or ScalarType.Number, ScalarType.Text)
                    ? "Text stands in quotes, numbers do not."
                    : null;

    /// <summary>A text constant beside a timestamp is a point in time.</summary>
    public static Node Dated(Node node, Node other) =>
        other.Type == ScalarType.Timestamp
        && node is ConstantNode { Type: ScalarType.Text } text
        && TimestampText.TryParse(text.Value.AsText, out var time)
            ? new ConstantNode(Value.FromTimestamp(time))
            : node;

    private static bool IsNullLiteral(ExpressionSyntax syntax) => syntax is LiteralSyntax { Value.IsNull: true };
}
