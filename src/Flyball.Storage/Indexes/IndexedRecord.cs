namespace Flyball.Storage.Indexes;

/// <summary>What an index keeps of a record.</summary>
/// <param name="Key">A hash of what the record is looked up by; spread evenly over all 64 bits. Two records may share one.</param>
/// <param name="Group">What it is listed under; few of them.</param>
/// <param name="Micros">Its time, microseconds since the Unix epoch.</param>
public readonly record struct IndexedRecord(ulong Key, string Group, long Micros);
