using System.Globalization;
using Flyball.Engine.Problems;

namespace Flyball.Engine.Expressions;

/// <summary>The stable codes of the expression language, and how its problems point at a character.</summary>
internal static class ProblemCodes
{
    public const string Unexpected = "FLY1001";
    public const string OpenText = "FLY1002";
    public const string BadNumber = "FLY1003";
    public const string BadDuration = "FLY1004";
    public const string TooLarge = "FLY1005";
    public const string UnknownName = "FLY1010";
    public const string UnknownFunction = "FLY1011";
    public const string ArgumentCount = "FLY1012";
    public const string TypeMismatch = "FLY1013";
    public const string MisplacedAggregate = "FLY1014";
    public const string OutsideAggregate = "FLY1015";
    public const string NoType = "FLY1016";
    public const string NoWindow = "FLY1017";
    public const string DuplicateFeature = "FLY1018";
    public const string UnknownType = "FLY1019";
    public const string BadConstant = "FLY1020";
    public const string UnknownZone = "FLY1021";

    /// <param name="code">One of the codes above.</param>
    /// <param name="start">Position in the expression, counted from 0.</param>
    /// <param name="message">The sentence without its place and full stop.</param>
    /// <param name="remedy">What to do next.</param>
    public static Problem At(string code, int start, string message, string? remedy = null) =>
        new(
            code,
            string.Create(CultureInfo.InvariantCulture, $"{message}, at character {start + 1}."),
            new ProblemLocation(Column: start + 1),
            remedy);

    /// <summary>
    /// The problems of a text in the order of their characters. In a text of several lines each is told its line and the character in it, and
    /// its location carries both, counted from the start of the text.
    /// </summary>
    public static IReadOnlyList<Problem> InOrder(string text, IEnumerable<Problem> problems)
    {
        var ordered = problems.OrderBy(problem => problem.Where?.Column);
        return text.Contains('\n', StringComparison.Ordinal) ? [.. ordered.Select(problem => InLine(text, problem))] : [.. ordered];
    }

    private static Problem InLine(string text, Problem problem)
    {
        if (problem.Where is not { Line: null, Column: { } column })
        {
            return problem;
        }

        var before = text.AsSpan(0, Math.Min(column - 1, text.Length));
        var (line, character) = (before.Count('\n') + 1, column - 1 - before.LastIndexOf('\n'));
        var alone = string.Create(CultureInfo.InvariantCulture, $", at character {column}.");
        var message = problem.Message.EndsWith(alone, StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"{problem.Message.AsSpan(0, problem.Message.Length - alone.Length)}, at line {line}, character {character}.")
            : problem.Message;
        return problem with { Message = message, Where = new ProblemLocation(Line: line, Column: character) };
    }
}
