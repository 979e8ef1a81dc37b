using System.Globalization;

namespace Flyball.Engine.Expressions;

/// <summary>
/// Builds the tree of one expression by precedence climbing.
/// 1. A prefix (literal, name, call, parenthesis, minus, not, case) gives the left operand.
/// 2. While the next operator binds at least as tightly as asked, it takes a right operand that binds tighter.
/// 3. After a problem, nothing more is reported at the same token, and reading goes on at the next comma or parenthesis.
/// </summary>
internal sealed class ExpressionReader
{
    private readonly TokenCursor cursor;
    private readonly PrefixReader prefixes;

    public ExpressionReader(TokenCursor cursor)
    {
        this.cursor = cursor;
        prefixes = new(cursor, this);
    }

    public ExpressionSyntax ReadWhole()
    {
        var syntax = Expression(CanonicalText.Or);
        if (cursor.Current.Kind != TokenKind.End)
        {
            cursor.Unexpected(cursor.IsSymbol(")") ? "There is no '(' for it." : "An operator was expected, or the end.");
        }

        return syntax;
    }

    /// <param name="least">Operators that bind less tightly end the expression.</param>
    public ExpressionSyntax Expression(int least)
    {
        var left = Prefix();
        while (!cursor.Stopped)
        {
            var start = cursor.Current.Start;
            if (InfixOperators.At(cursor) is not { } infix || infix.Precedence < least)
            {
                break;
            }

            left = Infix(left, start, infix);
            if (left.Height > ExpressionParser.MaxHeight)
            {
                cursor.Stop(start, $"The expression chains more than {ExpressionParser.MaxHeight.ToString(CultureInfo.InvariantCulture)} operations");
            }
        }

        return left;
    }

    public ExpressionSyntax Prefix()
    {
        var token = cursor.Current;
        if (cursor.Depth == ExpressionParser.MaxDepth)
        {
            cursor.Stop(token.Start, $"The expression nests more than {ExpressionParser.MaxDepth.ToString(CultureInfo.InvariantCulture)} deep");
            return new UnreadableSyntax(token.Start);
        }

        cursor.Depth++;
        var syntax = prefixes.Read(token);
        cursor.Depth--;
        return syntax;
    }

    /// <summary>The items up to the closing parenthesis; the opening one was just taken.</summary>
    public ExpressionSyntax[] List()
    {
        var open = cursor.Previous.Start;
        var items = new List<ExpressionSyntax>();
        while (!cursor.IsSymbol(")") && !cursor.Stopped)
        {
            items.Add(Expression(CanonicalText.Or));
            if (!cursor.IsSymbol(")") && !cursor.IsSymbol(",") && cursor.Current.Kind != TokenKind.End)
            {
                cursor.Unexpected("A ',' or ')' was expected.");
                cursor.SkipToSeparator();
            }

            if (!cursor.TakeSymbol(","))
            {
                break;
            }

            if (cursor.IsSymbol(")"))
            {
                cursor.Unexpected("A value was expected after the comma.");
            }
        }

        cursor.Close(open);
        return [.. items];
    }

    private ExpressionSyntax Infix(ExpressionSyntax left, int start, InfixOperators.Infix infix)
    {
        cursor.Advance();
        if (infix.Operator is { } op)
        {
            return new BinarySyntax(start, op, left, Expression(infix.Precedence + 1));
        }

        return infix.Word switch
        {
            "::" => new CastSyntax(start, left, prefixes.TypeName()),
            "is" => IsNull(left, start),
            "not" => Negated(left, start),
            _ => Test(left, start, infix.Word, negated: false),
        };
    }

    private IsNullSyntax IsNull(ExpressionSyntax left, int start)
    {
        var negated = cursor.TakeWord("not");
        if (!cursor.TakeWord("null"))
        {
            cursor.Unexpected("After 'is' comes 'null' or 'not null'.");
        }

        return new(start, left, negated);
    }

    private ExpressionSyntax Negated(ExpressionSyntax left, int start)
    {
        foreach (var word in InfixOperators.Negatable)
        {
            if (cursor.TakeWord(word))
            {
                return Test(left, start, word, negated: true);
            }
        }

        return cursor.Unexpected("After 'not' comes 'in', 'between' or 'like' here.", start);
    }

    private ExpressionSyntax Test(ExpressionSyntax left, int start, string word, bool negated) => word switch
    {
        "between" => Between(left, start, negated),
        "like" => new LikeSyntax(start, left, Expression(CanonicalText.Additive), negated),
        _ => Membership(left, start, negated),
    };

    private ExpressionSyntax Between(ExpressionSyntax left, int start, bool negated)
    {
        var low = Expression(CanonicalText.Additive);
        return cursor.TakeWord("and")
            ? new BetweenSyntax(start, left, low, Expression(CanonicalText.Additive), negated)
            : cursor.Unexpected("Write 'between LOW and HIGH'.", start);
    }

    private ExpressionSyntax Membership(ExpressionSyntax left, int start, bool negated)
    {
        if (!cursor.TakeSymbol("("))
        {
            return cursor.Unexpected("The values of 'in' stand in parentheses: in (1, 2).", start);
        }

        cursor.Depth++;
        var items = List();
        cursor.Depth--;
        if (items.Length == 0)
        {
            cursor.Report(ProblemCodes.Unexpected, start, "The list of 'in' is empty", "Name at least one value.");
        }

        return new InSyntax(start, left, items, negated);
    }
}
