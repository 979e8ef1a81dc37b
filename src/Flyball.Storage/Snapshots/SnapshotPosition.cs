using Flyball.Engine.Time;

namespace Flyball.Storage.Snapshots;

/// <summary>Which part of which log a snapshot stands for.</summary>
/// <param name="Complete">Every record up to here is in it. A reader applies what follows.</param>
/// <param name="Latest">Records up to here may be in it: it was written while they came.</param>
/// <param name="Mark">Names the record at <see cref="Latest"/>, so that a snapshot of another log is told from this one's.</param>
public readonly record struct SnapshotPosition(Horizon Complete, Horizon Latest, ulong Mark);
