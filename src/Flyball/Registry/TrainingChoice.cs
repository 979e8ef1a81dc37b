using System.Text.Json.Serialization;

namespace Flyball.Registry;

/// <summary>Body of a training request.</summary>
/// <param name="PermuteLabels">Shuffles the labels with this seed: the gates must refuse the result.</param>
/// <param name="Source">The source tree the caller trains from, for the record.</param>
internal sealed record TrainingChoice(
    [property: JsonPropertyName("permute_labels")] long? PermuteLabels = null,
    [property: JsonPropertyName("source")] SourceState? Source = null);
