using System.Text.Json.Nodes;

namespace Flyball.Server.LoadTests;

/// <summary>What was measured at one rate.</summary>
/// <param name="Rate">Offered, requests a second.</param>
/// <param name="Achieved">Answered a second, refusals among them.</param>
/// <param name="Requests">How many were sent.</param>
/// <param name="Latencies">Milliseconds from when each request was due until its answer was there, rising. A request that had to wait for a connection waited too.</param>
/// <param name="Refused">Statuses other than 200, and connections that broke.</param>
/// <param name="Degraded">Answers from a lower rung than the full one.</param>
internal sealed record LoadStep(double Rate, double Achieved, int Requests, double[] Latencies, int Refused, int Degraded)
{
    /// <summary>A rate of which less than this was answered was not reached.</summary>
    private const double Reached = 0.95;

    public double P50 => Quantile(0.5);

    public double P99 => Quantile(0.99);

    /// <summary>The least latency that at least this share of all is not above, in milliseconds.</summary>
    public double Quantile(double quantile) =>
        Latencies.Length == 0 ? 0 : Latencies[Math.Clamp((int)Math.Ceiling(quantile * Latencies.Length) - 1, 0, Latencies.Length - 1)];

    /// <summary>Why the rate is more than can be had; null when it is not.</summary>
    /// <param name="terms">What is looked for.</param>
    /// <param name="usual">The share of degraded answers when little is asked: more than that is the load's doing.</param>
    public string? BreaksAt(LoadTerms terms, double usual) =>
        Requests == 0 ? "nothing was answered"
        : Refused > Requests * terms.Refusals ? FormattableString.Invariant($"{Refused} of {Requests} requests were refused")
        : Degraded > Requests * (usual + terms.Refusals) ? FormattableString.Invariant($"{Degraded} of {Requests} answers were degraded")
        : Quantile(terms.Quantile) > terms.Budget.TotalMilliseconds ? FormattableString.Invariant($"p{terms.Quantile * 100:0.##} is {Quantile(terms.Quantile):0.0} ms")
        : Achieved < Rate * Reached ? FormattableString.Invariant($"{Achieved:0} of {Rate:0} requests a second were answered")
        : null;

    public JsonObject ToJson(LoadTerms terms, string? breaks) => new()
    {
        ["rate"] = Math.Round(Rate, 1),
        ["achieved"] = Math.Round(Achieved, 1),
        ["requests"] = Requests,
        ["p50_ms"] = Math.Round(P50, 3),
        ["p99_ms"] = Math.Round(P99, 3),
        ["quantile_ms"] = Math.Round(Quantile(terms.Quantile), 3),
        ["refused"] = Refused,
        ["degraded"] = Degraded,
        ["breaks"] = breaks,
    };
}
