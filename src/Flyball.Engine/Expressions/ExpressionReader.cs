using System.Globalization;
using Flyball.Engine.Problems;

namespace Flyball.Engine.Expressions;

/// <summary>
/// Builds the tree of one expression by precedence climbing.
/// 1. A prefix (literal, name, call, parenthesis, minus, not) gives the left operand.
/// 2. While the next operator binds at least as tightly as asked, it takes a right operand that binds tighter.
/// 3. After a problem, nothing more is reported at the same token, and reading goes on at the next comma or parenthesis.
/// </summary>
internal sealed class ExpressionReader(List<Token> tokens, List<Problem> problems)
{
    private int next;
    private int depth;
    private int lastReported = -1;
    private bool stopped;

    private Token Current => tokens[next];

    public ExpressionSyntax ReadWhole()
    {
        var syntax = Expression(CanonicalText.Or);
        if (Current.Kind != TokenKind.End)
        {
            Unexpected(IsSymbol(")") ? "There is no '(' for it." : "An operator was expected, or the end.");
        }

        return syntax;
    }

    private ExpressionSyntax Expression(int least)
    {
        var left = Prefix();
        while (!stopped)
        {
            var start = Current.Start;
            if (InfixOperator() is not { } infix || infix.Precedence < least)
            {
                break;
            }

            left = Infix(left, start, infix);
            if (left.Height > ExpressionParser.MaxHeight)
            {
                Stop(start, $"The expression chains more than {ExpressionParser.MaxHeight.ToString(CultureInfo.InvariantCulture)} operations");
            }
        }

        return left;
    }

    private (string Word, int Precedence, BinaryOperator? Operator)? InfixOperator()
    {
        if (Current.Kind == TokenKind.Symbol)
        {
            BinaryOperator? op = Current.Text switch
            {
                "=" or "==" => BinaryOperator.Equal,
                "!=" or "<>" => BinaryOperator.NotEqual,
                "<" => BinaryOperator.Less,
                "<=" => BinaryOperator.LessOrEqual,
                ">" => BinaryOperator.Greater,
                ">=" => BinaryOperator.GreaterOrEqual,
                "+" => BinaryOperator.Add,
                "-" => BinaryOperator.Subtract,
                "*" => BinaryOperator.Multiply,
                "/" => BinaryOperator.Divide,
                "//" => BinaryOperator.IntegerDivide,
                "%" => BinaryOperator.Remainder,
                _ => null,
            };
            return op is { } known ? (Current.Text, CanonicalText.PrecedenceOf(known), known) : null;
        }

        return IsWord("or") ? ("or", CanonicalText.Or, BinaryOperator.Or)
            : IsWord("and") ? ("and", CanonicalText.And, BinaryOperator.And)
            : IsWord("is") ? ("is", CanonicalText.Comparison, null)
            : IsWord("in") ? ("in", CanonicalText.Comparison, null)
            : IsWord("between") ? ("between", CanonicalText.Comparison, null)
            : IsWord("not") ? ("not", CanonicalText.Comparison, null)
            : null;
    }

    private ExpressionSyntax Infix(ExpressionSyntax left, int start, (string Word, int Precedence, BinaryOperator? Operator) infix)
    {
        next++;
        if (infix.Operator is { } op)
        {
            return new BinarySyntax(start, op, left, Expression(infix.Precedence + 1));
        }

        if (infix.Word == "is")
        {
            var negated = TakeWord("not");
            if (!TakeWord("null"))
            {
                Unexpected("After 'is' comes 'null' or 'not null'.");
            }

            return new IsNullSyntax(start, left, negated);
        }

        var not = infix.Word == "not";
        if (infix.Word == "between" || (not && TakeWord("between")))
        {
            var low = Expression(CanonicalText.Additive);
            if (!TakeWord("and"))
            {
                Unexpected("Write 'between LOW and HIGH'.");
                return new UnreadableSyntax(start);
            }

            return new BetweenSyntax(start, left, low, Expression(CanonicalText.Additive), not);
        }

        if (not && !TakeWord("in"))
        {
            Unexpected("After 'not' comes 'in' or 'between' here.");
            return new UnreadableSyntax(start);
        }

        if (!TakeSymbol("("))
        {
            Unexpected("The values of 'in' stand in parentheses: in (1, 2).");
            return new UnreadableSyntax(start);
        }

        depth++;
        var items = List();
        depth--;
        if (items.Length == 0)
        {
            Report(ProblemCodes.Unexpected, start, "The list of 'in' is empty", "Name at least one value.");
        }

        return new InSyntax(start, left, items, not);
    }

    private ExpressionSyntax Prefix()
    {
        var token = Current;
        if (depth == ExpressionParser.MaxDepth)
        {
            Stop(token.Start, $"The expression nests more than {ExpressionParser.MaxDepth.ToString(CultureInfo.InvariantCulture)} deep");
            return new UnreadableSyntax(token.Start);
        }

        depth++;
        var syntax = PrefixOf(token);
        depth--;
        return syntax;
    }

    private ExpressionSyntax PrefixOf(Token token)
    {
        switch (token.Kind)
        {
            case TokenKind.Literal:
                next++;
                return token.Value.IsNull ? Overflow(token) : new LiteralSyntax(token.Start, token.Value);
            case TokenKind.Unreadable:
                next++;
                return new UnreadableSyntax(token.Start);
            case TokenKind.Duration:
                next++;
                Report(ProblemCodes.Unexpected, token.Start, $"The duration {token.Text} stands where a value was expected", "Durations follow 'over' and 'delay'.");
                return new UnreadableSyntax(token.Start);
            case TokenKind.Name:
                return Word(token);
            case TokenKind.Symbol when token.Text == "(":
                next++;
                var inner = Expression(CanonicalText.Or);
                Close(token.Start);
                return inner;
            case TokenKind.Symbol when token.Text == "-":
                next++;
                return Negative(token.Start);
            default:
                Unexpected("A value was expected: a name, a number, 'text' or a function.");
                return new UnreadableSyntax(token.Start);
        }
    }

    private ExpressionSyntax Negative(int start)
    {
        if (Current is { Kind: TokenKind.Literal } literal && literal.Value.Kind is not ScalarType.Text)
        {
            next++;
            return new LiteralSyntax(start, literal.Value.Kind switch
            {
                null => Value.FromInteger(long.MinValue),
                ScalarType.Integer => Value.FromInteger(-literal.Value.Bits),
                _ => Value.FromNumber(-literal.Value.Number),
            });
        }

        return new UnarySyntax(start, UnaryOperator.Negate, Expression(CanonicalText.Negation));
    }

    private UnreadableSyntax Overflow(Token token)
    {
        Report(ProblemCodes.BadNumber, token.Start, $"The integer {token.Text} does not fit into 64 bits", $"Write {token.Text}.0 for a floating-point number.");
        return new(token.Start);
    }

    private ExpressionSyntax Word(Token token)
    {
        if (!token.Quoted && ExpressionParser.IsKeyword(token.Text))
        {
            if (TakeWord("not"))
            {
                return new UnarySyntax(token.Start, UnaryOperator.Not, Expression(CanonicalText.Not));
            }

            var literal = IsWord("true") ? Value.FromBoolean(true) : IsWord("false") ? Value.FromBoolean(false) : Value.Null;
            if (literal.IsNull && !IsWord("null"))
            {
                Unexpected("A value was expected; a column of this name stands in double quotes.");
                return new UnreadableSyntax(token.Start);
            }

            next++;
            return new LiteralSyntax(token.Start, literal);
        }

        next++;
        if (!token.Quoted && TakeSymbol("("))
        {
            var name = ScalarFunctions.Spell(token.Text);
            var arguments = List();
            return new CallSyntax(token.Start, name, arguments, IsWord("over") ? Window(name) : null);
        }

        var path = token.Text;
        while (TakeSymbol("."))
        {
            if (Current.Kind != TokenKind.Name)
            {
                Unexpected("After the dot comes the rest of a name.");
                return new UnreadableSyntax(token.Start);
            }

            path += "." + Current.Text;
            next++;
        }

        return new NameSyntax(token.Start, path);
    }

    private WindowClause Window(string name)
    {
        var start = Current.Start;
        next++;
        var window = Duration("over");
        if (window == 0)
        {
            Report(ProblemCodes.BadDuration, tokens[next - 1].Start, "The window is empty", "Give it a length: over 7d.");
        }

        ExpressionSyntax? condition = null;
        LiteralSyntax? empty = null;
        long? delay = null;
        while (!stopped)
        {
            var clause = Current;
            if (condition is null && TakeWord("where"))
            {
                condition = Expression(CanonicalText.Or);
            }
            else if (delay is null && TakeWord("delay"))
            {
                delay = Duration("delay");
            }
            else if (empty is null && TakeWord("empty"))
            {
                empty = Empty(name);
            }
            else if (IsWord("where") || IsWord("delay") || IsWord("empty") || IsWord("over"))
            {
                Report(ProblemCodes.Unexpected, clause.Start, $"The clause '{clause.Text}' stands twice", "Keep one of them.");
                next += tokens[next + 1].Kind == TokenKind.Duration ? 2 : 1;
            }
            else
            {
                break;
            }
        }

        return new(start, window ?? 1, condition, delay ?? 0, empty);
    }

    private LiteralSyntax? Empty(string name)
    {
        var start = Current.Start;
        var value = Prefix();
        if (value is LiteralSyntax literal)
        {
            return literal;
        }

        if (value is not UnreadableSyntax)
        {
            Report(ProblemCodes.Unexpected, start, $"The value of 'empty' for {name} is not a constant", "Write a number, 'text', true, false or null.");
        }

        return null;
    }

    private long? Duration(string word)
    {
        var token = Current;
        if (token.Kind is TokenKind.Duration or TokenKind.Unreadable)
        {
            next++;
            return token.Kind == TokenKind.Duration ? token.Value.Bits : null;
        }

        var seen = token.Kind == TokenKind.End ? "The expression ends" : $"'{token.Text}' stands";
        Report(ProblemCodes.BadDuration, token.Start, $"{seen} where '{word}' needs a duration", $"Write a whole number and a unit ({DurationText.Units}) without a space: {word} 7d.");
        if (token.Kind == TokenKind.Literal)
        {
            // "7 d" and a bare "7": what follows would only repeat the problem.
            next += tokens[next + 1].Kind == TokenKind.Name && DurationText.TryGetUnit(tokens[next + 1].Text, out _) ? 2 : 1;
        }

        return null;
    }

    private ExpressionSyntax[] List()
    {
        var open = tokens[next - 1].Start;
        var items = new List<ExpressionSyntax>();
        while (!IsSymbol(")") && !stopped)
        {
            items.Add(Expression(CanonicalText.Or));
            if (!IsSymbol(")") && !IsSymbol(",") && Current.Kind != TokenKind.End)
            {
                Unexpected("A ',' or ')' was expected.");
                SkipToSeparator();
            }

            if (!TakeSymbol(","))
            {
                break;
            }

            if (IsSymbol(")"))
            {
                Unexpected("A value was expected after the comma.");
            }
        }

        Close(open);
        return [.. items];
    }

    private void Close(int open)
    {
        if (!TakeSymbol(")"))
        {
            Unexpected(string.Create(CultureInfo.InvariantCulture, $"The '(' at character {open + 1} is not closed."));
        }
    }

    private void SkipToSeparator()
    {
        for (var inner = 0; Current.Kind != TokenKind.End; next++)
        {
            if (inner == 0 && (IsSymbol(")") || IsSymbol(",")))
            {
                return;
            }

            inner += IsSymbol("(") ? 1 : IsSymbol(")") ? -1 : 0;
        }
    }

    private void Stop(int start, string message)
    {
        Report(ProblemCodes.TooLarge, start, message, "Split it into several features.");
        next = tokens.Count - 1;
        lastReported = Current.Start;
        stopped = true;
    }

    private void Unexpected(string remedy)
    {
        if (Current.Kind == TokenKind.Unreadable)
        {
            lastReported = Math.Max(lastReported, Current.Start);
            return;
        }

        var message = Current.Kind == TokenKind.End ? "The expression ends too early" : $"'{Current.Text}' is not expected here";
        Report(ProblemCodes.Unexpected, Current.Start, message, remedy);
    }

    private void Report(string code, int start, string message, string remedy)
    {
        if (start > lastReported)
        {
            problems.Add(ProblemCodes.At(code, start, message, remedy));
            lastReported = start;
        }
    }

    private bool IsSymbol(string symbol) => Current.Kind == TokenKind.Symbol && Current.Text == symbol;

    private bool IsWord(string word) =>
        Current is { Kind: TokenKind.Name, Quoted: false } && string.Equals(Current.Text, word, StringComparison.OrdinalIgnoreCase);

    private bool TakeSymbol(string symbol)
    {
        var found = IsSymbol(symbol);
        next += found ? 1 : 0;
        return found;
    }

    private bool TakeWord(string word)
    {
        var found = IsWord(word);
        next += found ? 1 : 0;
        return found;
    }
}
