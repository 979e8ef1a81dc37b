using System.Text.Json.Serialization;
using Flyball.Engine.Problems;

namespace Flyball.Training.Validation;

/// <summary>What a process apart found about a model file, before any process that serves loads it.</summary>
public sealed record ModelVerdict
{
    /// <summary>Why it is refused; null when it may be loaded.</summary>
    public Problem? Problem { get; init; }

    /// <summary>Version of the runtime that ran it: another may find otherwise.</summary>
    public string? Runtime { get; init; }

    /// <summary>Sizes of batches that were run.</summary>
    public IReadOnlyList<int> Buckets { get; init; } = [];

    /// <summary>Rows whose scores were known and came out.</summary>
    public int GoldenRows { get; init; }

    /// <summary>Wall time of the examination.</summary>
    public long Millis { get; init; }

    /// <summary>The file may be loaded.</summary>
    [JsonIgnore]
    public bool Ok => Problem is null;

    /// <summary>Whether the same file would be refused again: what ran out of time by the clock may have had a busy machine.</summary>
    public bool Lasts { get; init; } = true;
}
