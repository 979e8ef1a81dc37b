using System.Text;
using Flyball.Engine.Problems;

namespace Flyball.Training.Tracking.Search;

/// <summary>Cuts a filter or an order into tokens.</summary>
internal sealed class SearchLexer(string text, string field)
{
    private const int LongestText = 20_000;
    private const string Signs = "=!<>";

    private int at;

    public List<SearchToken> Read()
    {
        if (text.Length > LongestText)
        {
            throw Refuse(field, $"it is longer than {LongestText} characters", 1);
        }

        var tokens = new List<SearchToken>();
        do
        {
            tokens.Add(Next());
        }
        while (tokens[^1].Kind != SearchTokenKind.End);

        return tokens;
    }

    public static FlyballException Refuse(string field, string reason, int at) =>
        new(new Problem("FLY3300", $"Invalid {field}, at character {at}: {reason}.", new ProblemLocation(Column: at, Field: field)));

    private SearchToken Next()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        var start = at;
        if (at == text.Length)
        {
            return new SearchToken(SearchTokenKind.End, "the end", start + 1);
        }

        var c = text[at];
        switch (c)
        {
            case '(':
                at++;
                return new SearchToken(SearchTokenKind.Open, "(", start + 1);
            case ')':
                at++;
                return new SearchToken(SearchTokenKind.Close, ")", start + 1);
            case ',':
                at++;
                return new SearchToken(SearchTokenKind.Comma, ",", start + 1);
            case '\'' or '"':
                return new SearchToken(SearchTokenKind.Text, Quoted(c), start + 1);
            case '`':
                return new SearchToken(SearchTokenKind.Name, Quoted(c), start + 1);
            default:
                return Signs.Contains(c, StringComparison.Ordinal) ? Sign(start) : char.IsAsciiDigit(c) || c is '-' or '+' or '.' ? Number(start) : Word(start);
        }
    }

    private SearchToken Sign(int start)
    {
        while (at < text.Length && Signs.Contains(text[at], StringComparison.Ordinal))
        {
            at++;
        }

        return new SearchToken(SearchTokenKind.Sign, text[start..at], start + 1);
    }

    private SearchToken Number(int start)
    {
        at++;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '.' || (text[at] is '-' or '+' && text[at - 1] is 'e' or 'E')))
        {
            at++;
        }

        return new SearchToken(SearchTokenKind.Number, text[start..at], start + 1);
    }

    private SearchToken Word(int start)
    {
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '.' or '-' or '/' or ':' or '@'))
        {
            at++;
        }

        if (at == start)
        {
            throw Refuse(field, $"'{text[at]}' has no meaning here", start + 1);
        }

        var word = text[start..at];
        return word.EndsWith('.') && at < text.Length && text[at] is '`' or '"'
            ? new SearchToken(SearchTokenKind.Name, Quoted(text[at]), start + 1, word[..^1])
            : new SearchToken(SearchTokenKind.Word, word, start + 1);
    }

    /// <summary>A quote inside is doubled.</summary>
    private string Quoted(char quote)
    {
        var start = at++;
        var content = new StringBuilder();
        while (at < text.Length)
        {
            if (text[at] != quote)
            {
                content.Append(text[at++]);
            }
            else if (at + 1 < text.Length && text[at + 1] == quote)
            {
                content.Append(quote);
                at += 2;
            }
            else
            {
                at++;
                return content.ToString();
            }
        }

        throw Refuse(field, $"the {quote} there is never closed", start + 1);
    }
}
