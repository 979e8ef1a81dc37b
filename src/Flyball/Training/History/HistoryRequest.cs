using Flyball.Engine.Windows;
using Flyball.Features.History;

namespace Flyball.Training.History;

/// <summary>What somebody asks for: values of views for a spine of their own, or a model's vector and label for its own requests.</summary>
public sealed record HistoryRequest
{
    /// <summary>Names of views, in the order of the columns; empty when a model is asked for.</summary>
    public IReadOnlyList<string> Views { get; init; } = [];

    /// <summary>A model; null when views are asked for.</summary>
    public string? Model { get; init; }

    /// <summary>The last position of the log that may be seen; null for where the log stands.</summary>
    public long? Horizon { get; init; }

    public VisibilityMode Mode { get; init; }

    /// <summary>Of the mode that simulates one, in microseconds.</summary>
    public long SimulatedDelayMicros { get; init; }

    public EntityBucket Bucket { get; init; } = EntityBucket.Whole;

    /// <summary>Adds a column with the status of each feature.</summary>
    public bool Statuses { get; init; }

    /// <summary>Takes a result without any known event for the truth.</summary>
    public bool AllowsEmpty { get; init; }

    /// <summary><c>parquet</c> or <c>csv</c>.</summary>
    public string Format { get; init; } = "parquet";

    internal Visibility Visibility => Mode switch
    {
        VisibilityMode.AsCorrected => Visibility.AsCorrected,
        VisibilityMode.SimulatedDelay => Visibility.SimulatedDelay(SimulatedDelayMicros),
        _ => Visibility.AsKnown,
    };
}
