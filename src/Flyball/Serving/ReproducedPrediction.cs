using System.Text.Json.Nodes;

namespace Flyball.Serving;

/// <summary>One prediction, made again.</summary>
/// <param name="Identical">Features, raw output, score and decision agree bit for bit.</param>
/// <param name="Digest">Of the version that answered; its bundle was read by this digest and verified.</param>
/// <param name="Served">The score that was answered.</param>
/// <param name="Reproduced">The score that came out now.</param>
/// <param name="Difference">The first difference; null when identical.</param>
public sealed record ReproducedPrediction(string RequestId, bool Identical, string Digest, double Served, double Reproduced, string? Difference)
{
    public required string Model { get; init; }

    /// <summary>The version that answered.</summary>
    public required int Version { get; init; }

    /// <summary>The rung it was made on.</summary>
    public required string Rung { get; init; }

    /// <summary>The prediction instant, RFC 3339.</summary>
    public required string Instant { get; init; }

    /// <summary>Position of the event log.</summary>
    public required long Horizon { get; init; }

    public string? Decision { get; init; }

    /// <summary>In the order of the vector; empty where the declared rule answered.</summary>
    public IReadOnlyList<ReproducedFeature> Features { get; init; } = [];

    /// <summary>What a reader should know of the comparison; null when there is nothing to add.</summary>
    public string? Note { get; init; }
}

/// <param name="Name"><c>view.feature</c>.</param>
/// <param name="Definition">Digest of its meaning, the same when it was served and now.</param>
/// <param name="Online">As it was logged; absent for null.</param>
/// <param name="Offline">As it comes out now; absent for null.</param>
public sealed record ReproducedFeature(string Name, string Definition, JsonNode? Online, JsonNode? Offline, bool Identical);

/// <summary>A sample of logged predictions, made again.</summary>
/// <param name="Served">Predictions the sample was drawn from.</param>
public sealed record ReproducedSample(long Served, int Compared, int Identical, IReadOnlyList<ReproducedPrediction> Mismatches);
