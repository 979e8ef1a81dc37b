using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>One record to append.</summary>
/// <param name="Stream">What it belongs to, such as the name of a source: 1 to 1,024 bytes of UTF-8.</param>
/// <param name="Payload">The record's bytes; copied before the append first waits.</param>
/// <param name="KnownAt">Null lets the journal assign it, never smaller than the one it assigned before;
/// a value is an import's statement of when the row could first have been used.</param>
public readonly record struct JournalEntry(string Stream, ReadOnlyMemory<byte> Payload, KnownAt? KnownAt = null);
