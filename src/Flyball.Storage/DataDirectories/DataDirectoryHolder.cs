namespace Flyball.Storage.DataDirectories;

/// <summary>The process that has a data directory open.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="StartTick">When it started, in the kernel's ticks since boot, so that another process with the same id is not mistaken for it.</param>
/// <param name="Url">Where it answers; null until it has published that.</param>
public sealed record DataDirectoryHolder(int ProcessId, long StartTick, string? Url);
