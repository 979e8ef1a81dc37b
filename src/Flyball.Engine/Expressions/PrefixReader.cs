using System.Globalization;

namespace Flyball.Engine.Expressions;

/// <summary>Reads what an operand starts with: literals, names, calls, parentheses, minus, not, case and cast.</summary>
internal sealed class PrefixReader
{
    private readonly TokenCursor cursor;
    private readonly ExpressionReader reader;
    private readonly WindowReader windows;

    public PrefixReader(TokenCursor cursor, ExpressionReader reader)
    {
        this.cursor = cursor;
        this.reader = reader;
        windows = new(cursor, reader);
    }

    public ExpressionSyntax Read(Token token)
    {
        switch (token.Kind)
        {
            case TokenKind.Literal:
                cursor.Advance();
                return token.Value.IsNull ? Overflow(token) : new LiteralSyntax(token.Start, token.Value);
            case TokenKind.Unreadable:
                cursor.Advance();
                return new UnreadableSyntax(token.Start);
            case TokenKind.Duration:
                cursor.Advance();
                return cursor.Report(ProblemCodes.Unexpected, token.Start, $"The duration {token.Text} stands where a value was expected", "Durations follow 'over' and 'delay'.");
            case TokenKind.Name:
                return Word(token);
            case TokenKind.Symbol when token.Text == "(":
                cursor.Advance();
                var inner = reader.Expression(CanonicalText.Or);
                cursor.Close(token.Start);
                return inner;
            case TokenKind.Symbol when token.Text == "-":
                cursor.Advance();
                return Negative(token.Start);
            default:
                return cursor.Unexpected("A value was expected: a name, a number, 'text' or a function.");
        }
    }

    /// <summary>The name of a type; an unknown one is reported and read as text.</summary>
    public ScalarType TypeName()
    {
        var token = cursor.Current;
        if (token.Kind != TokenKind.Name)
        {
            cursor.Unexpected($"A type was expected: {TypeNames.Listed}.");
            return ScalarType.Text;
        }

        cursor.Advance();
        if (TypeNames.Find(token.Text) is { } type)
        {
            return type;
        }

        cursor.Report(ProblemCodes.UnknownType, token.Start, $"There is no type '{token.Text}'", Suggestion.For(token.Text, TypeNames.All, "types") ?? "");
        return ScalarType.Text;
    }

    private ExpressionSyntax Negative(int start)
    {
        if (cursor.Current is { Kind: TokenKind.Literal } literal && literal.Value.Kind is not ScalarType.Text)
        {
            cursor.Advance();
            return new LiteralSyntax(start, literal.Value.Kind switch
            {
                null => Value.FromInteger(long.MinValue),
                ScalarType.Integer => Value.FromInteger(-literal.Value.Bits),
                _ => Value.FromNumber(-literal.Value.Number),
            });
        }

        return new UnarySyntax(start, UnaryOperator.Negate, reader.Expression(CanonicalText.Negation));
    }

    private UnreadableSyntax Overflow(Token token) =>
        cursor.Report(ProblemCodes.BadNumber, token.Start, $"The integer {token.Text} does not fit into 64 bits", $"Write {token.Text}.0 for a floating-point number.");

    private ExpressionSyntax Word(Token token)
    {
        if (!token.Quoted && ExpressionParser.IsKeyword(token.Text))
        {
            return Keyword(token);
        }

        cursor.Advance();
        if (!token.Quoted && cursor.TakeSymbol("("))
        {
            return string.Equals(token.Text, "cast", StringComparison.OrdinalIgnoreCase) ? Cast(token) : Call(token);
        }

        var path = token.Text;
        while (cursor.TakeSymbol("."))
        {
            if (cursor.Current.Kind != TokenKind.Name)
            {
                return cursor.Unexpected("After the dot comes the rest of a name.", token.Start);
            }

            path += "." + cursor.Current.Text;
            cursor.Advance();
        }

        return new NameSyntax(token.Start, path);
    }

    private ExpressionSyntax Keyword(Token token)
    {
        if (cursor.TakeWord("not"))
        {
            return new UnarySyntax(token.Start, UnaryOperator.Not, reader.Expression(CanonicalText.Not));
        }

        if (cursor.TakeWord("case"))
        {
            return Case(token);
        }

        var literal = cursor.IsWord("true") ? Value.FromBoolean(true) : cursor.IsWord("false") ? Value.FromBoolean(false) : Value.Null;
        if (literal.IsNull && !cursor.IsWord("null"))
        {
            return cursor.Unexpected("A value was expected; a column of this name stands in double quotes.");
        }

        cursor.Advance();
        return new LiteralSyntax(token.Start, literal);
    }

    private CallSyntax Call(Token token)
    {
        var name = ScalarFunctions.Spell(token.Text);
        var arguments = reader.List();
        return new(token.Start, name, arguments, cursor.IsWord("over") ? windows.Read(name) : null);
    }

    private CastSyntax Cast(Token token)
    {
        var open = cursor.Previous.Start;
        var operand = reader.Expression(CanonicalText.Or);
        if (!cursor.TakeWord("as"))
        {
            cursor.Unexpected("Write 'cast(VALUE as TYPE)'.");
            cursor.SkipToSeparator();
            cursor.TakeSymbol(")");
            return new(token.Start, operand, ScalarType.Text);
        }

        var type = TypeName();
        cursor.Close(open);
        return new(token.Start, operand, type);
    }

    private ExpressionSyntax Case(Token token)
    {
        var operand = cursor.IsWord("when") ? null : reader.Expression(CanonicalText.Or);
        var branches = new List<CaseBranch>();
        while (cursor.TakeWord("when") && !cursor.Stopped)
        {
            var condition = reader.Expression(CanonicalText.Or);
            if (!cursor.TakeWord("then"))
            {
                return cursor.Unexpected("After the condition comes 'then'.", token.Start);
            }

            branches.Add(new(condition, reader.Expression(CanonicalText.Or)));
        }

        if (branches.Count == 0)
        {
            return cursor.Unexpected("Write 'case when CONDITION then VALUE else VALUE end'.", token.Start);
        }

        var otherwise = cursor.TakeWord("else") ? reader.Expression(CanonicalText.Or) : null;
        return cursor.TakeWord("end")
            ? new CaseSyntax(token.Start, operand, [.. branches], otherwise)
            : cursor.Unexpected(string.Create(CultureInfo.InvariantCulture, $"The 'case' at character {token.Start + 1} has no 'end'."), token.Start);
    }
}
