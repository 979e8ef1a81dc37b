using Flyball.Engine.Time;

namespace Flyball.Storage.Journals;

/// <summary>One durable record.</summary>
/// <param name="Seq">Append ordinal: 1, 2, 3 and so on without a gap.</param>
/// <param name="KnownAt">When the system could first have used it.</param>
/// <param name="Stream">What it belongs to.</param>
/// <param name="Payload">Its bytes: a slice of a larger buffer that stays valid as long as somebody holds it.</param>
public readonly record struct JournalRecord(long Seq, KnownAt KnownAt, string Stream, ReadOnlyMemory<byte> Payload);
