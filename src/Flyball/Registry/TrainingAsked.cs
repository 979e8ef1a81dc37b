using System.Text.Json.Nodes;

namespace Flyball.Registry;

/// <summary>A training that somebody asks for.</summary>
/// <param name="Model">The model.</param>
/// <param name="PermuteLabels">A seed with which the labels of the training part are shuffled; null trains on the truth.</param>
/// <param name="Source">The source tree the caller trains from, for the record.</param>
public sealed record TrainingAsked(string Model, long? PermuteLabels = null, JsonObject? Source = null);
