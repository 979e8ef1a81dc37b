using System.Text.Json;
using Flyball.Training.ModelTests;
using Flyball.Training.Splits;

namespace Flyball.Training.Jobs;

/// <summary>
/// The test rows of one run, frozen: labels and the scores of candidate and champion on identical rows, with the request columns
/// that slices are cut by. Gates are decided on nothing else.
/// </summary>
public sealed record FrozenEvaluation
{
    /// <summary>Log positions of the rows.</summary>
    public required long[] Seq { get; init; }

    /// <summary>What the model was asked for.</summary>
    public string Task { get; init; } = "binary-classification";

    /// <summary>The classes of a task with several; null for others.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>0 or 1, the number of a class, or the true number.</summary>
    public required double[] Labels { get; init; }

    /// <summary>Calibrated score of the candidate; null where it was not finite, so that such a model cannot pass by silence.</summary>
    public required double?[] Candidate { get; init; }

    /// <summary>Calibrated score of the champion on the same rows; null when there was no champion to compare with.</summary>
    public double?[]? Champion { get; init; }

    /// <summary>The candidate's probabilities, row by row in the order of the classes; null unless there are several.</summary>
    public float[][]? CandidateProbabilities { get; init; }

    /// <summary>The champion's, likewise.</summary>
    public float[][]? ChampionProbabilities { get; init; }

    /// <summary>Of a ranking: the number of each row's group; null for others.</summary>
    public int[]? Groups { get; init; }

    /// <summary>Score of the baseline on the same rows; null in an evaluation of a program that trained none.</summary>
    public double[]? Baseline { get; init; }

    /// <summary>The baseline's probabilities; null unless there are several classes.</summary>
    public float[][]? BaselineProbabilities { get; init; }

    /// <summary>The rows of all parts; null in an evaluation of a program that did not keep them.</summary>
    public SplitMembers? Split { get; init; }

    /// <summary>Version and digest of the champion that was compared.</summary>
    public string? ChampionDigest { get; init; }

    /// <summary>Why a champion exists and still could not be compared; gates against it then fail.</summary>
    public string? ChampionMissing { get; init; }

    /// <summary>Numeric and boolean request columns by name, in row order; null where the request had none.</summary>
    public required IReadOnlyDictionary<string, double?[]> Columns { get; init; }

    /// <summary>Texts of request columns with few different values, by name, in row order; null where the request had none.</summary>
    public IReadOnlyDictionary<string, string?[]>? Texts { get; init; }

    /// <summary>Mean absolute error of the naive forecast on the training part, by which <c>mase</c> is scaled.</summary>
    public double? NaiveScale { get; init; }

    /// <summary>Calibrated score of the version that was champion before the champion; null when there was none to compare with.</summary>
    public double?[]? Previous { get; init; }

    /// <summary>That version's probabilities; null unless there are several classes.</summary>
    public float[][]? PreviousProbabilities { get; init; }

    /// <summary>Digest of that version.</summary>
    public string? PreviousDigest { get; init; }

    /// <summary>Why such a version exists and still could not be compared; gates against it then fail.</summary>
    public string? PreviousMissing { get; init; }

    /// <summary>What the model tests found; null in an evaluation of a program that ran none, and gates on them then fail.</summary>
    public IReadOnlyList<ModelTestResult>? Tests { get; init; }

    /// <summary>What reading sampled rows through the online path gave; null in an evaluation of a program that did not measure it.</summary>
    public FeatureProof? Proof { get; init; }

    public static FrozenEvaluation Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<FrozenEvaluation>(json, TrainingJson.Options) ?? throw new InvalidDataException("The evaluation is empty.");

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, TrainingJson.Options);
}
