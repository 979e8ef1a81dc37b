using Flyball.Engine.Problems;

namespace Flyball.Server.Protocols.Invocations;

/// <summary>What a request to score is refused for.</summary>
internal static class InvocationRefusals
{
    public const int MostBytes = 4 << 20;

    public const int MostRows = 1000;

    public static FlyballException Shape(string field, string message, string? remedy = null) => new(new Problem("FLY3409", message, new ProblemLocation(Field: field), remedy));

    public static FlyballException Rows(string field, int rows) => Shape(field, FormattableString.Invariant($"A request has 1 to {MostRows} rows, and this one has {rows}."), "Send several requests.");
}
