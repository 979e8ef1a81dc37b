using System.Text.Json.Serialization;

namespace Flyball.Engine.Evaluation.Calibration;

/// <summary>
/// Recalibration of several classes by one number (Guo, Pleiss, Sun and Weinberger 2017): the softmax of the logarithms of the scores
/// divided by a temperature, which minimises the log loss. Above 1 it makes a model less sure; the predicted class never changes.
/// The loss is convex in 1/T, so that bisection of its slope finds the minimum. Immutable; as JSON it is its own state.
/// </summary>
public sealed record TemperatureScaling
{
    /// <summary>The least and largest temperature that is tried: beyond them the classes are certain, or equal.</summary>
    private const double Smallest = 1e-3, Largest = 1e3;

    /// <exception cref="ArgumentException">The temperature is not a positive number.</exception>
    [JsonConstructor]
    public TemperatureScaling(double temperature)
    {
        if (!(temperature > 0) || !double.IsFinite(temperature))
        {
            throw new ArgumentException("A temperature is a positive number.", nameof(temperature));
        }

        Temperature = temperature;
    }

    public double Temperature { get; }

    /// <summary>Fits to labelled scores; null with the reason when there are no rows, or the scores are no probabilities. Cost: about 100 passes over the scores.</summary>
    /// <param name="scores">Rows x classes, probabilities.</param>
    /// <param name="classes">At least 2.</param>
    /// <param name="labels">The number of the right class of each row.</param>
    public static TemperatureScaling? Fit(ReadOnlySpan<double> scores, int classes, ReadOnlySpan<int> labels, out string? insufficient)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        var logits = Logits(scores, classes, labels, out insufficient);
        if (logits is null)
        {
            return null;
        }

        // In b = 1/T; the slope of the mean log loss rises with b.
        double low = 1 / Largest, high = 1 / Smallest;
        for (var i = 0; i < 100 && high - low > 1e-15 * high; i++)
        {
            var middle = low + ((high - low) / 2);
            if (Slope(logits, classes, labels, middle) < 0)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return new TemperatureScaling(2 / (low + high));
    }

    /// <summary>The calibrated probabilities of one row.</summary>
    /// <param name="scores">Probabilities, one a class.</param>
    /// <param name="calibrated">As many places.</param>
    public void Apply(ReadOnlySpan<double> scores, Span<double> calibrated)
    {
        for (var c = 0; c < scores.Length; c++)
        {
            calibrated[c] = Logit(scores[c]) / Temperature;
        }

        Softmax(calibrated);
    }

    private static double[]? Logits(ReadOnlySpan<double> scores, int classes, ReadOnlySpan<int> labels, out string? insufficient)
    {
        if (scores.Length != labels.Length * classes)
        {
            throw new ArgumentException($"{scores.Length} scores for {labels.Length} labels of {classes} classes.", nameof(scores));
        }

        insufficient = labels.IsEmpty ? ScoreOrder.NoRows : null;
        var logits = new double[scores.Length];
        for (var i = 0; i < logits.Length; i++)
        {
            if (!(scores[i] >= 0 && scores[i] <= 1))
            {
                insufficient = "a score is outside 0..1 and no probability";
            }

            logits[i] = insufficient is null ? Logit(scores[i]) : 0;
        }

        return insufficient is null ? logits : null;
    }

    private static double Logit(double score) => Math.Log(Math.Max(score, BinaryMetrics.LogLossClip));

    /// <summary>d/db of the mean log loss: mean of (sum over classes of p_c z_c) - z_right.</summary>
    private static double Slope(double[] logits, int classes, ReadOnlySpan<int> labels, double b)
    {
        var p = new double[classes];
        double slope = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            var own = logits.AsSpan(row * classes, classes);
            for (var c = 0; c < classes; c++)
            {
                p[c] = own[c] * b;
            }

            Softmax(p);
            for (var c = 0; c < classes; c++)
            {
                slope += p[c] * own[c];
            }

            slope -= own[labels[row]];
        }

        return slope / labels.Length;
    }

    private static void Softmax(Span<double> values)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (var value in values)
        {
            largest = Math.Max(largest, value);
        }

        for (var c = 0; c < values.Length; c++)
        {
            values[c] = Math.Exp(values[c] - largest);
            sum += values[c];
        }

        for (var c = 0; c < values.Length; c++)
        {
            values[c] /= sum;
        }
    }
}
