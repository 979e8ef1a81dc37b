using System.Text.Json.Nodes;
using Flyball.Training.Outside;

namespace Flyball.Training;

/// <summary>What a run is asked for.</summary>
/// <param name="PermuteLabels">A seed with which the labels of the training part are shuffled: a check of the gates, which must refuse such a model. Null trains on the truth.</param>
/// <param name="ChampionBundle">Digest of the packed champion among the blobs, to score on the same rows; null when there is none.</param>
/// <param name="Source">The source tree that the caller says it trains from (commit, branch, whether it has changes); kept with the run as claimed, no ingredient of its id.</param>
/// <param name="GivenBundle">Digest of a packed bundle that was made elsewhere: it is evaluated on the frozen rows instead of training one.</param>
public sealed record TrainingRequest(long? PermuteLabels = null, string? ChampionBundle = null, string? GivenBundle = null, JsonObject? Source = null)
{
    /// <summary>Digest of the packed version that was champion before the champion, to score on the same rows; null when there is none.</summary>
    public string? PreviousBundle { get; init; }

    /// <summary>A model file that was made elsewhere and takes the trainer's place; null trains one.</summary>
    public OutsideModel? Outside { get; init; }

    /// <summary>Told apart from other judgements of the same bundle: beside whom, and for the how manieth time. An ingredient of the run's id; null for a first one.</summary>
    public string? Judgement { get; init; }
}
