using System.Text.Json.Nodes;

namespace Flyball.Training.Pipeline;

/// <summary>One step of a run as it was made: durable as soon as the step is.</summary>
/// <param name="Step">Which one; see <see cref="StepNames"/>.</param>
/// <param name="Attempt">Which start of the run it belongs to, from 1: a run that was cut off goes on in a later attempt.</param>
/// <param name="State"><c>done</c>, <c>kept</c> when an earlier attempt had made it, <c>cached</c> when any earlier run over the same rows had, or <c>failed</c>.</param>
/// <param name="Key">SHA-256 of what the step depends on; the same key gives the same outputs.</param>
/// <param name="StartedAt">RFC 3339.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="CpuSeconds">Processor time of all its threads.</param>
/// <param name="PeakMemoryBytes">The most memory that its process held up to its end.</param>
/// <param name="Detail">What it did, in a few words.</param>
/// <param name="Inputs">What it depends on, by name.</param>
/// <param name="Outputs">What it made: digests by name.</param>
/// <param name="Log">What it said on the way, a line each; the last ones when there were many.</param>
public sealed record StepRecord(
    string Step,
    int Attempt,
    string State,
    string? Key,
    string StartedAt,
    double Seconds,
    double CpuSeconds,
    long PeakMemoryBytes,
    string Detail,
    JsonObject? Inputs,
    JsonObject? Outputs,
    IReadOnlyList<string> Log);
