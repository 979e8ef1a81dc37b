namespace Flyball.Training;

/// <summary>How training child processes are started.</summary>
public sealed class TrainingOptions
{
    public const string Section = "Training";

    /// <summary>Program and leading arguments of a worker; the job folder and the lake folder follow.</summary>
    public IReadOnlyList<string> WorkerCommand { get; init; } = [];

    /// <summary>Managed memory limit of a worker.</summary>
    public long MemoryLimitBytes { get; init; } = 4L << 30;

    /// <summary>A worker that takes longer is ended and its run fails.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Bytes of feature values that are kept for later runs over the same rows; 0 keeps none.</summary>
    public long DatasetCacheBytes { get; init; } = 2L << 30;
}
