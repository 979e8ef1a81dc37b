using System.Text.Json.Serialization;

namespace Flyball.Engine.Evaluation;

/// <summary>
/// Counts of a binary decision against the label. Counts may be fractional: an estimate without labels has expected counts.
/// </summary>
public readonly record struct Confusion(double TruePositives, double FalsePositives, double FalseNegatives, double TrueNegatives)
{
    [JsonIgnore]
    public double Rows => TruePositives + FalsePositives + FalseNegatives + TrueNegatives;

    /// <summary>TP / (TP + FP).</summary>
    [JsonIgnore]
    public MetricValue Precision => MetricValue.Ratio(TruePositives, TruePositives + FalsePositives, "no row was predicted positive");

    /// <summary>TP / (TP + FN), the true positive rate.</summary>
    [JsonIgnore]
    public MetricValue Recall => MetricValue.Ratio(TruePositives, TruePositives + FalseNegatives, "no positives");

    /// <summary>FP / (FP + TN).</summary>
    [JsonIgnore]
    public MetricValue FalsePositiveRate => MetricValue.Ratio(FalsePositives, FalsePositives + TrueNegatives, "no negatives");

    /// <summary>2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall.</summary>
    [JsonIgnore]
    public MetricValue F1 =>
        MetricValue.Ratio(2 * TruePositives, (2 * TruePositives) + FalsePositives + FalseNegatives, "no positives, predicted or real");

    /// <summary>(TP + TN) / rows.</summary>
    [JsonIgnore]
    public MetricValue Accuracy => MetricValue.Ratio(TruePositives + TrueNegatives, Rows, "no rows");

    /// <summary>Matthews' correlation coefficient, -1 to 1.</summary>
    [JsonIgnore]
    public MetricValue MatthewsCorrelation => MetricValue.Ratio(
        (TruePositives * TrueNegatives) - (FalsePositives * FalseNegatives),
        Math.Sqrt((TruePositives + FalsePositives) * (TruePositives + FalseNegatives)
            * (TrueNegatives + FalsePositives) * (TrueNegatives + FalseNegatives)),
        "a row or column of the table is empty");
}
