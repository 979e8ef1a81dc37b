using System.Globalization;
using Flyball.Engine.Problems;

namespace Flyball.Engine.Expressions;

/// <summary>
/// A place in the tokens of one text, and the one voice in which its problems are reported: at most one at a token, and none after the
/// text was given up as too large.
/// </summary>
internal sealed class TokenCursor(List<Token> tokens, List<Problem> problems)
{
    private int next;
    private int lastReported = -1;

    public Token Current => tokens[next];

    /// <summary>The token behind the current one; the end stays the end.</summary>
    public Token Following => tokens[Math.Min(next + 1, tokens.Count - 1)];

    /// <summary>The token before the current one.</summary>
    public Token Previous => tokens[next - 1];

    /// <summary>How many prefixes the reader stands in.</summary>
    public int Depth { get; set; }

    /// <summary>The text is given up; nothing more is read.</summary>
    public bool Stopped { get; private set; }

    public void Advance(int tokensTaken = 1) => next = Math.Min(next + tokensTaken, tokens.Count - 1);

    public bool IsSymbol(string symbol) => Current.Kind == TokenKind.Symbol && Current.Text == symbol;

    public bool IsWord(string word) =>
        Current is { Kind: TokenKind.Name, Quoted: false } && string.Equals(Current.Text, word, StringComparison.OrdinalIgnoreCase);

    public bool TakeSymbol(string symbol)
    {
        var found = IsSymbol(symbol);
        next += found ? 1 : 0;
        return found;
    }

    public bool TakeWord(string word)
    {
        var found = IsWord(word);
        next += found ? 1 : 0;
        return found;
    }

    /// <summary>Takes the closing parenthesis or reports that it is missing.</summary>
    public void Close(int open)
    {
        if (!TakeSymbol(")"))
        {
            Unexpected(string.Create(CultureInfo.InvariantCulture, $"The '(' at character {open + 1} is not closed."));
        }
    }

    /// <summary>Goes to the next comma or closing parenthesis of the present level.</summary>
    public void SkipToSeparator()
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

    public void Stop(int start, string message)
    {
        Report(ProblemCodes.TooLarge, start, message, "Split it into several features.");
        next = tokens.Count - 1;
        lastReported = Current.Start;
        Stopped = true;
    }

    /// <summary>The current token does not belong here.</summary>
    public UnreadableSyntax Unexpected(string remedy, int? start = null)
    {
        var unreadable = new UnreadableSyntax(start ?? Current.Start);
        if (Current.Kind == TokenKind.Unreadable)
        {
            lastReported = Math.Max(lastReported, Current.Start);
            return unreadable;
        }

        var message = Current.Kind == TokenKind.End ? "The expression ends too early" : $"'{Current.Text}' is not expected here";
        Report(ProblemCodes.Unexpected, Current.Start, message, remedy);
        return unreadable;
    }

    public UnreadableSyntax Report(string code, int start, string message, string remedy)
    {
        if (start > lastReported)
        {
            problems.Add(ProblemCodes.At(code, start, message, remedy));
            lastReported = start;
        }

        return new(start);
    }
}
