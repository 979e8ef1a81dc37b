using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Serving.Degradation;

namespace Flyball.Serving;

/// <summary>Which arm of a rollout answered.</summary>
public enum Arm : byte
{
    /// <summary>No rollout was running.</summary>
    None = 0,

    /// <summary>The champion, as the control of a rollout.</summary>
    Control = 1,

    /// <summary>The version on trial.</summary>
    Canary = 2,
}

/// <summary>On which rung of the degradation ladder an answer was made.</summary>
public enum Rung : byte
{
    /// <summary>The version the plan chose, with all its features.</summary>
    Full = 0,

    /// <summary>The canary failed and the champion answered.</summary>
    Champion = 1,

    /// <summary>The champion failed and the version before it answered.</summary>
    PreviousVersion = 2,

    /// <summary>No version could answer and the declared rule did.</summary>
    Rule = 3,
}

/// <summary>
/// Everything one prediction was made from and what it answered: enough to make it again, bit for bit, and to judge it later.
/// </summary>
public sealed record PredictionRecord
{
    public required string RequestId { get; init; }

    public required string Model { get; init; }

    /// <summary>The version that answered.</summary>
    public required int Version { get; init; }

    public required Digest Digest { get; init; }

    /// <summary>The version that the plan chose: differs from <see cref="Version"/> when a rung was taken.</summary>
    public required int ChosenVersion { get; init; }

    /// <summary>The rollout under which the unit was assigned; null when none was running.</summary>
    public string? RolloutId { get; init; }

    public Arm Arm { get; init; }

    /// <summary>The request asked for the version by its number: no plan chose it, and it says nothing about a rollout.</summary>
    public bool IsByName { get; init; }

    public Rung Rung { get; init; }

    /// <summary>Where the looked up features came from.</summary>
    public FeatureOrigin Origin { get; init; }

    /// <summary>Whether it is anything but the chosen version's answer over live features.</summary>
    public bool IsDegraded => Rung != Rung.Full || Origin != FeatureOrigin.Live;

    /// <summary>By which way the request came.</summary>
    public PredictionRoute Route { get; init; }

    /// <summary>Whether it was asked for to try the server: it says nothing about the world, and counts for nothing.</summary>
    public bool IsTest => Route == PredictionRoute.Test;

    /// <summary>The share of units that the rollout gave to its canary at that moment; 0 when none was running.</summary>
    public double Share { get; init; }

    /// <summary>Who asked.</summary>
    public string? Caller { get; init; }

    /// <summary>What assignment was made by: the first entity's key, or the request id.</summary>
    public required string Unit { get; init; }

    /// <summary>The prediction instant.</summary>
    public required EventTime Instant { get; init; }

    /// <summary>Position of the event log the features were read at.</summary>
    public required Horizon Horizon { get; init; }

    /// <summary>The request row, canonical JSON under its contract.</summary>
    public required ReadOnlyMemory<byte> Request { get; init; }

    /// <summary>Fields of the request that were not sent and took their declared values, in the order of the schema.</summary>
    public IReadOnlyList<string> Defaulted { get; init; } = [];

    /// <summary>The feature vector as it was given to the model.</summary>
    public required Value[] Features { get; init; }

    /// <summary>Why each feature has its value; empty when it was not read live.</summary>
    public IReadOnlyList<FeatureStatus> Statuses { get; init; } = [];

    public required float Raw { get; init; }

    /// <summary>What was answered or decided on: a calibrated probability, a number, or the probability of the class that was answered.</summary>
    public required double Score { get; init; }

    /// <summary>Of each class in the order of the manifest; empty unless the model tells several classes apart.</summary>
    public IReadOnlyList<float> Probabilities { get; init; } = [];

    public string? Decision { get; init; }

    /// <summary>Time to look up the features and to score, whatever rungs were tried; reading the request and writing the answer not included. In microseconds.</summary>
    public required int LatencyMicros { get; init; }
}
