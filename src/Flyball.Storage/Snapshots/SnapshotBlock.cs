namespace Flyball.Storage.Snapshots;

/// <summary>Where a block of a snapshot lies, and what its bytes must sum to.</summary>
/// <param name="Offset">From the begin of the file.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Checksum">CRC-32C.</param>
internal readonly record struct SnapshotBlock(long Offset, int Length, uint Checksum);
