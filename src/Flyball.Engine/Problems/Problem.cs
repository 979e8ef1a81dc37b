namespace Flyball.Engine.Problems;

/// <summary>An error that a user can cause, as a value: what was seen, where, and what to do next.</summary>
/// <param name="Code">Stable code, <c>FLY</c> and four digits; docs/reference/errors.md lists them.</param>
/// <param name="Message">What was seen, as one sentence without the value of a personal field.</param>
/// <param name="Where">The file, field or expression it was seen in.</param>
/// <param name="Remedy">What to do next, when that is known.</param>
public sealed record Problem(string Code, string Message, ProblemLocation? Where = null, string? Remedy = null)
{
    /// <summary>The same problem inside a file: a column of an expression stays, the file and line come from where the expression stands.</summary>
    public Problem In(ProblemLocation place) =>
        this with { Where = place with { Field = place.Field ?? Where?.Field, Column = Where?.Column ?? place.Column } };

    public override string ToString()
    {
        var place = Where is null ? "" : $"{Where}: ";
        var way = Remedy is null ? "" : $" {Remedy}";
        return $"{place}{Code} {Message}{way}";
    }
}
