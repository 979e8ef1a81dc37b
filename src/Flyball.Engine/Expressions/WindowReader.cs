namespace Flyball.Engine.Expressions;

/// <summary>Reads what follows an aggregate: <c>over 7d where … delay 1h empty 0 ignore_nulls</c>, the clauses in any order.</summary>
internal sealed class WindowReader(TokenCursor cursor, ExpressionReader reader)
{
    private static readonly string[] Clauses = ["where", "delay", "empty", "ignore_nulls", "over"];

    public WindowClause Read(string aggregate)
    {
        var start = cursor.Current.Start;
        cursor.Advance();
        var window = Duration("over");
        if (window == 0)
        {
            cursor.Report(ProblemCodes.BadDuration, cursor.Previous.Start, "The window is empty", "Give it a length: over 7d.");
        }

        ExpressionSyntax? condition = null;
        LiteralSyntax? empty = null;
        long? delay = null;
        var ignoresNulls = false;
        while (!cursor.Stopped)
        {
            var clause = cursor.Current;
            if (condition is null && cursor.TakeWord("where"))
            {
                condition = reader.Expression(CanonicalText.Or);
            }
            else if (delay is null && cursor.TakeWord("delay"))
            {
                delay = Duration("delay");
            }
            else if (empty is null && cursor.TakeWord("empty"))
            {
                empty = Empty(aggregate);
            }
            else if (!ignoresNulls && cursor.TakeWord("ignore_nulls"))
            {
                ignoresNulls = true;
            }
            else if (Array.Exists(Clauses, cursor.IsWord))
            {
                cursor.Report(ProblemCodes.Unexpected, clause.Start, $"The clause '{clause.Text}' stands twice", "Keep one of them.");
                cursor.Advance(cursor.Following.Kind == TokenKind.Duration ? 2 : 1);
            }
            else
            {
                break;
            }
        }

        return new(start, window ?? 1, condition, delay ?? 0, empty, ignoresNulls);
    }

    private LiteralSyntax? Empty(string aggregate)
    {
        var start = cursor.Current.Start;
        var value = reader.Prefix();
        if (value is LiteralSyntax literal)
        {
            return literal;
        }

        if (value is not UnreadableSyntax)
        {
            cursor.Report(ProblemCodes.Unexpected, start, $"The value of 'empty' for {aggregate} is not a constant", "Write a number, 'text', true, false or null.");
        }

        return null;
    }

    private long? Duration(string word)
    {
        var token = cursor.Current;
        if (token.Kind is TokenKind.Duration or TokenKind.Unreadable)
        {
            cursor.Advance();
            return token.Kind == TokenKind.Duration ? token.Value.Bits : null;
        }

        var seen = token.Kind == TokenKind.End ? "The expression ends" : $"'{token.Text}' stands";
        cursor.Report(ProblemCodes.BadDuration, token.Start, $"{seen} where '{word}' needs a duration", $"Write a whole number and a unit ({DurationText.Units}) without a space: {word} 7d.");
        if (token.Kind == TokenKind.Literal)
        {
            // "7 d" and a bare "7": what follows would only repeat the problem.
            cursor.Advance(cursor.Following.Kind == TokenKind.Name && DurationText.TryGetUnit(cursor.Following.Text, out _) ? 2 : 1);
        }

        return null;
    }
}
