using System.Globalization;
using System.Text;
using Flyball.Engine.Problems;

namespace Flyball.Engine.Expressions;

internal enum TokenKind
{
    End,
    Name,
    Literal,
    Duration,
    Symbol,

    /// <summary>Something that was meant as a value and could not be read; its problem is reported.</summary>
    Unreadable,
}

/// <summary>A word of the language: the symbol, name (without its quotes) or literal as text. A quoted name is never a keyword.
/// The value is that of a literal; a duration holds its microseconds as an integer.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, string Text, bool Quoted = false, Value Value = default);

/// <summary>Cuts a text into tokens; reports what it cannot read and goes on behind it.</summary>
internal sealed class ExpressionLexer(string text, List<Problem> problems)
{
    // The value that only a minus sign makes readable as a 64-bit integer.
    internal const string MinIntegerDigits = "9223372036854775808";

    private static readonly string[] Symbols = ["::", "||", "==", "!=", "<>", "<=", ">=", "//", "(", ")", ",", "+", "-", "*", "/", "%", "=", "<", ">", "."];

    private int position;

    /// <summary>Whether a name needs no quotes anywhere; 'when' would be taken for a branch behind 'case'.</summary>
    public static bool IsPlainName(string part) =>
        part.Length > 0 && IsNameStart(part[0]) && part.All(IsNamePart) && !ExpressionParser.IsKeyword(part) && !part.Equals("when", StringComparison.OrdinalIgnoreCase);

    public List<Token> Read()
    {
        var tokens = new List<Token>();
        while (true)
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            if (position == text.Length)
            {
                tokens.Add(new(TokenKind.End, position, ""));
                return tokens;
            }

            tokens.Add(Next());
        }
    }

    private static bool IsNameStart(char c) => char.IsLetter(c) || c == '_';

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private Token Next()
    {
        var start = position;
        var c = text[position];
        if (IsNameStart(c))
        {
            return new(TokenKind.Name, start, TakeWhile(IsNamePart));
        }

        if (char.IsAsciiDigit(c) || (c == '.' && position + 1 < text.Length && char.IsAsciiDigit(text[position + 1])))
        {
            return NumberOrDuration(start);
        }

        if (c is '\'' or '"')
        {
            return Quoted(start, c);
        }

        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(text, position, symbol, 0, symbol.Length) == 0)
            {
                position += symbol.Length;
                return new(TokenKind.Symbol, start, symbol);
            }
        }

        return Stray(start, c);
    }

    private Token Stray(int start, char c)
    {
        var doubled = c is '&' or '|' && start + 1 < text.Length && text[start + 1] == c;
        position += doubled || (start + 1 < text.Length && char.IsSurrogatePair(c, text[start + 1])) ? 2 : 1;
        if (c is '\u2018' or '\u201C' && text.AsSpan(position).IndexOfAny('\u2019', '\u201D') is >= 0 and var close)
        {
            position += close + 1;
        }

        var remedy = c switch
        {
            '&' => "Write 'and'.",
            '|' => "Write 'or'.",
            '!' => "Write 'not'.",
            '[' or '{' => "Use parentheses.",
            '\u2018' or '\u2019' or '\u201C' or '\u201D' => "Text stands between straight single quotes: 'text'.",
            _ => null,
        };
        var shown = char.IsControl(c) || char.IsSurrogate(c) ? $"The character U+{(int)c:X4}" : $"The character '{c}'";
        problems.Add(ProblemCodes.At(ProblemCodes.Unexpected, start, $"{shown} has no meaning here", remedy));
        return new(TokenKind.Unreadable, start, text[start..position]);
    }

    private Token Quoted(int start, char quote)
    {
        var content = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            if (text[position] != quote)
            {
                content.Append(text[position]);
            }
            else if (position + 1 < text.Length && text[position + 1] == quote)
            {
                content.Append(quote);
                position++;
            }
            else
            {
                position++;
                var value = content.ToString();
                return quote == '\''
                    ? new(TokenKind.Literal, start, value, Value: Value.FromText(value))
                    : new(TokenKind.Name, start, value, Quoted: true);
            }
        }

        var what = quote == '\'' ? "text" : "name";
        problems.Add(ProblemCodes.At(ProblemCodes.OpenText, start, $"The {what} that opens with {quote} is never closed", $"Add the closing {quote}, and double a {quote} that belongs to the {what}."));
        return new(TokenKind.Unreadable, start, text[start..]);
    }

    private Token NumberOrDuration(int start)
    {
        var digits = TakeWhile(char.IsAsciiDigit);
        var whole = true;
        if (position < text.Length && text[position] == '.')
        {
            whole = false;
            position++;
            TakeWhile(char.IsAsciiDigit);
        }

        if (IsExponent())
        {
            whole = false;
            position += text[position + 1] is '+' or '-' ? 2 : 1;
            TakeWhile(char.IsAsciiDigit);
        }

        var number = text[start..position];
        var suffix = TakeWhile(IsNamePart);
        if (suffix.Length > 0)
        {
            return Duration(start, whole ? digits : null, suffix);
        }

        if (whole && number.TrimStart('0') == MinIntegerDigits)
        {
            return new(TokenKind.Literal, start, number);
        }

        var good = whole
            ? long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var integer)
            : ReadsFinite(number, out _) & (integer = 0) == 0;
        if (!good)
        {
            var remedy = whole ? $"Write {number}.0 for a floating-point number." : "The largest is about 1.8e308.";
            return Unreadable(start, ProblemCodes.BadNumber, whole ? $"The integer {number} does not fit into 64 bits" : $"The number {number} is too large", remedy);
        }

        ReadsFinite(number, out var real);
        return new(TokenKind.Literal, start, number, Value: whole ? Value.FromInteger(integer) : Value.FromNumber(real));
    }

    private bool IsExponent()
    {
        if (position >= text.Length || text[position] is not ('e' or 'E'))
        {
            return false;
        }

        var digit = position + 1 < text.Length && text[position + 1] is '+' or '-' ? position + 2 : position + 1;
        return digit < text.Length && char.IsAsciiDigit(text[digit]);
    }

    private Token Duration(int start, string? digits, string suffix)
    {
        if (!DurationText.TryGetUnit(suffix, out var unit))
        {
            return Unreadable(start, ProblemCodes.BadDuration, $"'{suffix}' is not a unit of time", $"The units are {DurationText.Units}.");
        }

        if (digits is null)
        {
            return Unreadable(start, ProblemCodes.BadDuration, "A duration is a whole number of units", "Write 90m instead of 1.5h.");
        }

        return DurationText.TryScale(digits, unit, out var micros)
            ? new(TokenKind.Duration, start, digits + suffix, Value: Value.FromInteger(micros))
            : Unreadable(start, ProblemCodes.BadDuration, $"The duration {digits}{suffix} is too long", "The longest is 36500d.");
    }

    private Token Unreadable(int start, string code, string message, string remedy)
    {
        problems.Add(ProblemCodes.At(code, start, message, remedy));
        return new(TokenKind.Unreadable, start, text[start..position]);
    }

    private static bool ReadsFinite(string number, out double real) =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out real) && double.IsFinite(real);

    private string TakeWhile(Func<char, bool> belongs)
    {
        var start = position;
        while (position < text.Length && belongs(text[position]))
        {
            position++;
        }

        return text[start..position];
    }
}
