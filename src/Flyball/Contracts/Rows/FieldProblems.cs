using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>The problems a column can have, made once: a refused row costs no text, and no message holds a value.</summary>
internal sealed class FieldProblems
{
    /// <param name="name">Name of the column, or path of a value inside one.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="form">How a time is written, where the contract states it.</param>
    public FieldProblems(string name, FieldKind kind, TimeForm? form)
    {
        var where = new ProblemLocation(Field: name);
        Missing = new("FLY3101", $"'{name}' is required and absent.", where);
        Null = new("FLY3101", $"'{name}' is null.", where, "Leave it out, or send a value.");
        WrongType = new("FLY3102", $"'{name}' should be {Expected(kind)}.", where);
        Overflow = new("FLY3104", $"'{name}' is beyond what {Expected(kind)} can hold exactly.", where);
        Duplicate = new("FLY3106", $"'{name}' appears twice in the row.", where);
        Skipped = new("FLY3108", $"'{name}' is a local time that the clocks of {form?.Zone.Name} skip.", where, "Send it with its offset, or in UTC.");
        TimeForm = form is not null ? new("FLY3108", $"'{name}' is not {form.Described}.", where) : kind switch
        {
            FieldKind.Date => new("FLY3108", $"'{name}' is not a date of the form 2026-01-31.", where),
            FieldKind.Time => new("FLY3108", $"'{name}' is not a time of day of the form 13:45:00.", where),
            _ => new(
                "FLY3108",
                $"'{name}' is not an RFC 3339 timestamp with an offset.",
                where,
                "Write it as 2026-01-31T13:45:00Z; for times without an offset the contract states defaultTimezone or format."),
        };
        Unstorable = new("FLY3110", $"'{name}' holds a lone surrogate, a NUL or bytes that are not UTF-8.", where);
        Withheld = new("FLY3143", $"'{name}' was not kept: it is personal, or holds what is not in the contract, and did not pass its checks.", where, "Release the row with an edited copy of it that has a value here.");
        TooLong = new("FLY3107", $"'{name}' is longer than {RowReader.LongestText} bytes.", where);
    }

    public Problem Missing { get; }

    public Problem Null { get; }

    public Problem WrongType { get; }

    public Problem Overflow { get; }

    public Problem Duplicate { get; }

    /// <summary>Not a time in the form that is asked for.</summary>
    public Problem TimeForm { get; }

    /// <summary>A local time that never was: the clocks went from before it to after it.</summary>
    public Problem Skipped { get; }

    public Problem Unstorable { get; }

    public Problem TooLong { get; }

    public Problem Withheld { get; }

    private static string Expected(FieldKind kind) => kind switch
    {
        FieldKind.Boolean => "true or false",
        FieldKind.Integer => "a whole number of 64 bits",
        FieldKind.Number => "a finite number",
        FieldKind.Text => "a text",
        FieldKind.Date => "a date (a text)",
        FieldKind.Time => "a time of day (a text)",
        FieldKind.Timestamp => "a timestamp (a text)",
        FieldKind.Object => "a JSON object",
        FieldKind.Array => "a JSON array",
        FieldKind.Map => "a JSON object of keys and values",
        _ => "a JSON value",
    };
}
