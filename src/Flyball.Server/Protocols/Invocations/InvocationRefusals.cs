using Flyball.Engine.Problems;

namespace Flyball.Server.Protocols.Invocations;

/// <summary>What a request to score is refused for.</summary>
internal static class InvocationRefusals
{
    public const int MostBytes = 4 << 20;

    public const int MostRows = 1000;

    /// <summary>Bytes that the names of columns may come to when they are written before the values of every row. A thousand columns of usual names are a few.</summary>
    private const long MostNames = 16 << 20;

    public static FlyballException Shape(string field, string message, string? remedy = null) => new(new Problem("FLY3409", message, new ProblemLocation(Field: field), remedy));

    public static FlyballException Rows(string field, int rows) => Shape(field, FormattableString.Invariant($"A request has 1 to {MostRows} rows, and this one has {rows}."), "Send several requests.");

    /// <summary>Holds a table against what its rows will take, before they are made: a row repeats every name, and one name may be as long as the body.</summary>
    /// <param name="field">Where the table stands.</param>
    /// <param name="rows">How many it has.</param>
    /// <param name="names">Bytes of all names.</param>
    /// <exception cref="FlyballException">FLY3409: too many rows, or names that are too long for so many.</exception>
    public static void CheckTable(string field, int rows, long names)
    {
        if (rows > MostRows)
        {
            throw Rows(field, rows);
        }

        if (names * rows > MostNames)
        {
            throw Shape(field, FormattableString.Invariant($"The names of the columns have {names} bytes, which is too much for {rows} rows."), "Send the names of the contract's fields, or fewer rows a request.");
        }
    }
}
