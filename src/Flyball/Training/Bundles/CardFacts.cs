using Flyball.Training.Evaluation;
using Flyball.Training.Jobs;

namespace Flyball.Training.Bundles;

/// <summary>What both forms of the model card say. All of it is a function of the run.</summary>
/// <param name="Manifest">The version's manifest.</param>
/// <param name="Definition">The model file.</param>
/// <param name="Report">What it is worth on its test rows.</param>
/// <param name="Parts">How the rows were divided.</param>
/// <param name="Tables">The tables it was made from.</param>
internal sealed record CardFacts(ModelManifest Manifest, ModelDefinition Definition, EvaluationReport Report, IReadOnlyList<PartSummary> Parts, IReadOnlyList<CardTable> Tables)
{
    /// <summary>SHA-256 of <c>model.onnx</c>.</summary>
    public required string ModelDigest { get; init; }

    public string? Purpose => (string?)Definition.Canonical["purpose"];

    /// <summary>Limits that the figures themselves show: a model is not better for being silent about them.</summary>
    public IReadOnlyList<string> MeasuredLimits =>
    [
        .. Report.Slices.Where(s => s.Insufficient is not null).Take(20).Select(s => $"Too few rows to judge the slice {s.Slice}: {s.Insufficient}"),
        .. Report.Slices.Where(s => s is { Insufficient: null, Adjusted: < 0.05 }).Take(20).Select(s => FormattableString.Invariant($"The slice {s.Slice} differs from the other rows: {s.Value:0.####} against {s.Rest:0.####}")),
        .. Report.Tests.Where(t => !t.Ok).Select(t => $"The model test {t.Test} failed: {t.Detail}"),
    ];
}

/// <param name="Table">The source.</param>
/// <param name="Digest">Of the manifest of its files.</param>
/// <param name="Horizon">Last position of the log that was visible.</param>
internal sealed record CardTable(string Table, string Digest, long Horizon);
