namespace Flyball.Server.LoadTests;

/// <summary>What a load test looks for, and how.</summary>
/// <param name="Budget">The longest that the quantile of latencies may be.</param>
/// <param name="Quantile">Of latencies: 0.99 for p99.</param>
/// <param name="Connections">Requests under way at once, at most.</param>
/// <param name="Step">How long each rate is offered.</param>
/// <param name="Most">The highest rate to offer, requests a second.</param>
internal sealed record LoadTerms(TimeSpan Budget, double Quantile, int Connections, TimeSpan Step, double Most)
{
    /// <summary>The rate of the first step.</summary>
    public double First { get; init; } = 50;

    /// <summary>The share of requests that may go without an answer of the model, in any step.</summary>
    public double Refusals { get; init; } = 0.001;
}
