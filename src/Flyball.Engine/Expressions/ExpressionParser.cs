using System.Collections.Frozen;
using System.Globalization;
using Flyball.Engine.Problems;

namespace Flyball.Engine.Expressions;

/// <summary>Reads the text of an expression. docs/reference/expressions.md is the grammar for people.</summary>
public static class ExpressionParser
{
    /// <summary>The longest text that is read, in UTF-16 units.</summary>
    public const int MaxLength = 4096;

    /// <summary>How deep parentheses, calls and prefix operators may nest.</summary>
    public const int MaxDepth = 64;

    /// <summary>How high a tree may grow, which bounds a chain such as <c>a + b + c + …</c>.</summary>
    public const int MaxHeight = 256;

    private static readonly FrozenSet<string> Keywords =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "and", "or", "not", "in", "between", "is", "null", "true", "false", "case");

    /// <summary>A syntax tree, or all problems of the text. Never throws. Cost: linear in the length.</summary>
    public static ParseOutcome Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
        {
            var message = string.Create(CultureInfo.InvariantCulture, $"The expression has {text.Length} characters and may have {MaxLength}");
            return new([ProblemCodes.At(ProblemCodes.TooLarge, MaxLength, message, "Split it into several features.")]);
        }

        var problems = new List<Problem>();
        var tokens = new ExpressionLexer(text, problems).Read();
        var syntax = new ExpressionReader(new(tokens, problems)).ReadWhole();
        return problems.Count == 0
            ? new(syntax)
            : new(ProblemCodes.InOrder(text, problems));
    }

    internal static bool IsKeyword(string word) => Keywords.Contains(word);
}
