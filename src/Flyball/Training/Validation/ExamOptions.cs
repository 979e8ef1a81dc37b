namespace Flyball.Training.Validation;

/// <summary>How model files are examined.</summary>
public sealed record ExamOptions
{
    /// <summary>Program and leading arguments of the command that examines a folder, which follows; empty examines nothing.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Program and leading arguments of the command that shuts a program in; empty starts it under the limits alone.</summary>
    public IReadOnlyList<string> Confiner { get; init; } = [];

    /// <summary>Address space of the process. The runtime maps more than it uses.</summary>
    public long MemoryBytes { get; init; } = 6L << 30;

    /// <summary>Managed memory of the process.</summary>
    public long HeapBytes { get; init; } = 1L << 30;

    /// <summary>Processor time.</summary>
    public long CpuSeconds { get; init; } = 30;

    /// <summary>Time by the clock.</summary>
    public TimeSpan Wall { get; init; } = TimeSpan.FromSeconds(60);
}
