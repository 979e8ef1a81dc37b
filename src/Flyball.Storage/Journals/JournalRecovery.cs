using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>What opening a journal found.</summary>
/// <param name="Last">The last durable record.</param>
/// <param name="Segments">Segment files read and checked.</param>
/// <param name="CleanShutdown">The journal had been closed, not killed.</param>
/// <param name="TornBytes">Bytes of an append that was never acknowledged and was cut off; 0 when there was none.</param>
/// <param name="TornFile">The file they were cut from.</param>
/// <param name="TornOffset">Where in that file.</param>
public sealed record JournalRecovery(
    Horizon Last, int Segments, bool CleanShutdown, long TornBytes = 0, string? TornFile = null, long TornOffset = 0);
