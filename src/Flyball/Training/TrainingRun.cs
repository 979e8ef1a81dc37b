namespace Flyball.Training;

/// <summary>One run as the catalog keeps it.</summary>
public sealed record TrainingRun
{
    /// <summary>SHA-256 of everything that went in: submitting the same again gives this run back.</summary>
    public required string RunId { get; init; }

    public required string Model { get; init; }

    /// <summary>One of <see cref="RunStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string Author { get; init; }

    public required string StartedAt { get; init; }

    public string? FinishedAt { get; init; }

    /// <summary>Log position the data was read at: the last row of the sources it reads.</summary>
    public long Horizon { get; init; }

    /// <summary>Instant at which labels counted as mature: the latest that any row of the data was known at. Microseconds.</summary>
    public long AsOfMicros { get; init; }

    /// <summary>A seed with which the labels of the training part are shuffled: a check of the gates, which must refuse such a model. Null trains on the truth.</summary>
    public long? PermuteLabels { get; init; }

    /// <summary>Digest of the bundle.</summary>
    public string? Bundle { get; init; }

    /// <summary>Digest of the packed bundle among the blobs.</summary>
    public string? BundleBlob { get; init; }

    /// <summary>Digest of the <see cref="Jobs.FrozenEvaluation"/> among the blobs.</summary>
    public string? EvaluationBlob { get; init; }

    /// <summary>The <see cref="Jobs.TrainingResult"/> as JSON.</summary>
    public string? Result { get; init; }

    public string? Error { get; init; }

    /// <summary>Where the definitions came from (<see cref="AppliedSource"/>), and under <c>claimed</c> what the caller said of its folder, as JSON; null when neither is known.</summary>
    public string? Source { get; init; }

    /// <summary>The ingredients of the id, as canonical JSON; null for a run of a program that did not keep them.</summary>
    public string? Identity { get; init; }

    /// <summary>How often it was started.</summary>
    public long Attempts { get; init; }

    public bool Succeeded => State == RunStates.Succeeded;
}
