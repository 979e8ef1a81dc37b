using Flyball.Engine.Time;

namespace Flyball.Serving.Logged;

/// <summary>Which of a model's logged predictions are asked for.</summary>
/// <param name="Model">The model.</param>
/// <param name="Limit">The most in one answer.</param>
public sealed record PredictionQuery(string Model, int Limit)
{
    /// <summary>Instants from here on.</summary>
    public EventTime? From { get; init; }

    /// <summary>Instants before this.</summary>
    public EventTime? To { get; init; }

    /// <summary>Goes on behind this position, in the order asked for; null begins.</summary>
    public long? After { get; init; }

    /// <summary>Answered by this version.</summary>
    public int? Version { get; init; }

    /// <summary>Answered on this rung, as answers name it.</summary>
    public string? Rung { get; init; }

    /// <summary>Whether the log is read from its begin; otherwise what was logged last comes first.</summary>
    public bool OldestFirst { get; init; }

    internal bool Takes(PredictionRecord record) =>
        record.Model == Model
        && (From is not { } from || record.Instant >= from)
        && (To is not { } to || record.Instant < to)
        && (Version is not { } version || record.Version == version)
        && (Rung is null || RungNames.Of(record) == Rung);
}
