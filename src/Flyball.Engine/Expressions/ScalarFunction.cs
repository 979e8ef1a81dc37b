namespace Flyball.Engine.Expressions;

/// <summary>What a parameter of a function takes.</summary>
internal enum ParameterKind
{
    /// <summary>A number; an integer is converted.</summary>
    Number,

    /// <summary>An integer or a number, as it is.</summary>
    Numeric,

    Integer,

    Text,

    Timestamp,

    /// <summary>A value of any type.</summary>
    Any,

    /// <summary>An integer, a number or text, as it is.</summary>
    Moment,

    /// <summary>A constant naming a unit of the calendar.</summary>
    Unit,

    /// <summary>A constant naming a time zone.</summary>
    Zone,
}

/// <summary>One function of one row: how it is written, what it takes, which node computes it.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Parameters">In order; the last ones may be optional.</param>
/// <param name="Required">How many must be given.</param>
/// <param name="Make">From as many operands as were given, each of its parameter's kind.</param>
internal sealed record ScalarFunction(string Name, ParameterKind[] Parameters, int Required, Func<Node[], Node> Make)
{
    public static string Accepts(ParameterKind kind) => kind switch
    {
        ParameterKind.Number or ParameterKind.Numeric => "a number",
        ParameterKind.Integer => "an integer",
        ParameterKind.Text => "text",
        ParameterKind.Timestamp => "a timestamp",
        ParameterKind.Moment => "a number of seconds or text",
        ParameterKind.Unit => "a unit in quotes",
        ParameterKind.Zone => "a time zone in quotes",
        _ => "a value",
    };
}
