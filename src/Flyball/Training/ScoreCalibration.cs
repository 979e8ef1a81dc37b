using Flyball.Engine.Evaluation;
using Flyball.Engine.Evaluation.Calibration;
using Flyball.Training.Tasks;

namespace Flyball.Training;

/// <summary>
/// From what a model gives to what is answered, fitted on the validation rows: an isotonic or a logistic map of the one probability, or one temperature
/// for those of several classes. At most one is set; with none a score stays as it is.
/// </summary>
/// <param name="Isotonic">Of the probability (Zadrozny and Elkan 2002).</param>
/// <param name="Sigmoid">Of the probability's log-odds (Platt 1999): 1 / (1 + exp(a z + b)); the model itself is a = -1, b = 0.</param>
/// <param name="Temperature">Of the probabilities of several classes (Guo et al. 2017).</param>
public sealed record ScoreCalibration(IsotonicCalibration? Isotonic, PlattCalibration? Sigmoid, TemperatureScaling? Temperature)
{
    public const string IsotonicName = "isotonic";
    public const string SigmoidName = "sigmoid";
    public const string TemperatureName = "temperature";

    /// <summary>What may be written after <c>calibrate:</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [IsotonicName, SigmoidName, TemperatureName, "none"];

    /// <summary>The one in force; <c>none</c> without.</summary>
    public string Name => Isotonic is not null ? IsotonicName : Sigmoid is not null ? SigmoidName : Temperature is not null ? TemperatureName : "none";

    /// <summary>Whether a task gives what the calibration maps.</summary>
    public static bool Fits(string name, ModelTask task) => name switch
    {
        IsotonicName or SigmoidName => task.IsProbability,
        TemperatureName => task.HasSeveralOutputs,
        _ => true,
    };

    /// <summary>Fits a calibration by its name to the scores of a model; null with the reason when the rows do not determine it.</summary>
    internal static ScoreCalibration? Fit(string? name, ScoredRows rows, out string? insufficient)
    {
        insufficient = null;
        bool[] labels = [.. rows.Labels.Select(l => l > 0.5)];
        return name switch
        {
            IsotonicName => IsotonicCalibration.Fit(rows.Scores, labels, out insufficient) is { } isotonic ? new(isotonic, null, null) : null,
            SigmoidName => PlattCalibration.Fit([.. rows.Scores.Select(LogOdds)], labels, out insufficient) is { } sigmoid ? new(null, sigmoid, null) : null,
            TemperatureName => OfClasses(rows, out insufficient) is { } temperature ? new(null, null, temperature) : null,
            _ => new(null, null, null),
        };
    }

    /// <summary>The calibrated probability of one that is finite.</summary>
    public double Apply(double score) => Isotonic is not null ? Isotonic.Apply(score) : Sigmoid is not null ? Sigmoid.Apply(LogOdds(score)) : score;

    /// <summary>The calibrated probabilities of the classes, in place; the likeliest class stays the likeliest.</summary>
    public void Apply(Span<float> probabilities)
    {
        if (Temperature is null)
        {
            return;
        }

        Span<double> given = probabilities.Length <= 64 ? stackalloc double[probabilities.Length] : new double[probabilities.Length];
        for (var k = 0; k < given.Length; k++)
        {
            given[k] = probabilities[k];
        }

        Temperature.Apply(given, given);
        for (var k = 0; k < given.Length; k++)
        {
            probabilities[k] = (float)given[k];
        }
    }

    /// <summary>Kept as far from 0 and 1 as the log loss keeps it, so that one sure score does not decide the fit.</summary>
    private static double LogOdds(double score)
    {
        var kept = Math.Clamp(score, BinaryMetrics.LogLossClip, 1 - BinaryMetrics.LogLossClip);
        return Math.Log(kept / (1 - kept));
    }

    private static TemperatureScaling? OfClasses(ScoredRows rows, out string? insufficient)
    {
        if (rows.Probabilities is not { Length: > 0 } probabilities)
        {
            insufficient = "there are no probabilities of several classes";
            return null;
        }

        return TemperatureScaling.Fit(
            [.. probabilities.SelectMany(p => p.Select(x => (double)x))], probabilities[0].Length, [.. rows.Labels.Select(l => (int)l)], out insufficient);
    }
}
