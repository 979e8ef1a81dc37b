namespace Flyball.Training.Tracking;

/// <summary>One measured value of a run.</summary>
public sealed record MetricPoint
{
    public required string Key { get; init; }

    /// <summary>Finite. 0 when <see cref="IsNaN"/>, so that nothing computes with a value that is none.</summary>
    public required double Value { get; init; }

    /// <summary>The program that logged it had no number.</summary>
    public bool IsNaN { get; init; }

    /// <summary>When, in milliseconds since the Unix epoch.</summary>
    public required long AtMs { get; init; }

    public long Step { get; init; }

    /// <summary>The logged model it was measured on.</summary>
    public string? ModelId { get; init; }

    public string? DatasetName { get; init; }

    public string? DatasetDigest { get; init; }

    /// <summary>The run, where an answer holds points of several.</summary>
    public string? RunId { get; init; }

    /// <summary>A value as a client sends it: infinities become the largest finite numbers, NaN is flagged.</summary>
    public static (double Value, bool IsNaN) Stored(double sent) =>
        double.IsNaN(sent) ? (0, true) : (Math.Clamp(sent, double.MinValue, double.MaxValue), false);

    /// <summary>Whether this is later than another point of its key: by step, then time, then value.</summary>
    public bool IsAfter(MetricPoint other) => (Step, AtMs, Value).CompareTo((other.Step, other.AtMs, other.Value)) > 0;
}
