using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>The problems a column can have, made once: a refused row costs no text, and no message holds a value.</summary>
internal sealed class FieldProblems
{
    public FieldProblems(string name, ScalarType type, bool isDate)
    {
        var where = new ProblemLocation(Field: name);
        Missing = new("FLY3101", $"'{name}' is required and absent.", where);
        Null = new("FLY3101", $"'{name}' is null.", where, "Leave it out, or send a value.");
        WrongType = new("FLY3102", $"'{name}' should be {Expected(type, isDate)}.", where);
        Overflow = new("FLY3104", $"'{name}' is beyond what {Expected(type, isDate)} can hold exactly.", where);
        Duplicate = new("FLY3106", $"'{name}' appears twice in the row.", where);
        TimeForm = isDate
            ? new("FLY3108", $"'{name}' is not a date of the form 2026-01-31.", where)
            : new("FLY3108", $"'{name}' is not an RFC 3339 timestamp with an offset.", where, "Write it as 2026-01-31T13:45:00Z.");
        Unstorable = new("FLY3110", $"'{name}' holds a lone surrogate, a NUL or bytes that are not UTF-8.", where);
        Withheld = new("FLY3143", $"'{name}' was not kept: it is personal and did not pass its checks.", where, "Release the row with an edited copy of it that has a value here.");
        TooLong = new("FLY3107", $"'{name}' is longer than {RowReader.LongestText} bytes.", where);
    }

    public Problem Missing { get; }

    public Problem Null { get; }

    public Problem WrongType { get; }

    public Problem Overflow { get; }

    public Problem Duplicate { get; }

    public Problem TimeForm { get; }

    public Problem Unstorable { get; }

    public Problem TooLong { get; }

    public Problem Withheld { get; }

    private static string Expected(ScalarType type, bool isDate) => type switch
    {
        ScalarType.Boolean => "true or false",
        ScalarType.Integer => "a whole number of 64 bits",
        ScalarType.Number => "a finite number",
        ScalarType.Text => "a text",
        _ => isDate ? "a date (a text)" : "a timestamp (a text)",
    };
}
