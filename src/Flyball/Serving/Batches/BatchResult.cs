using Flyball.Engine.Time;

namespace Flyball.Serving.Batches;

/// <summary>What came of scoring a file.</summary>
/// <param name="Rows">Rows of the input.</param>
/// <param name="Scored">Rows of the output.</param>
/// <param name="Rejected">Rows that were put aside with their reasons; the two come to <paramref name="Rows"/>.</param>
/// <param name="Skipped">Rows that an earlier run had dealt with.</param>
/// <param name="Sha256">Of the output.</param>
/// <param name="InputSha256">Of the input.</param>
/// <param name="RejectedFile">Where the reasons are; null without any.</param>
/// <param name="PeakMemoryBytes">The most of this process that was resident.</param>
public sealed record BatchResult(
    long Rows, long Scored, long Rejected, long Skipped, string Sha256, string InputSha256, string? RejectedFile, long PeakMemoryBytes)
{
    /// <summary>The last position of the log that features could see; null where none were looked up.</summary>
    public long? Horizon { get; init; }

    /// <summary>The instant of requests that stated none; null where every one stated its own, or none was needed.</summary>
    public EventTime? At { get; init; }

    /// <summary>Where looked up features came from: <c>history</c> or <c>defaults</c>; null where none were looked up.</summary>
    public string? Features { get; init; }

    /// <summary>How many good requests took the declared value of a field, by the field.</summary>
    public required IReadOnlyDictionary<string, long> Defaulted { get; init; }

    /// <summary>Members of good requests that are no field of the contract and were passed over, as the model's file says.</summary>
    public long Ignored { get; init; }
}
