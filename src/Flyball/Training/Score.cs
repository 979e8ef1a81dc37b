namespace Flyball.Training;

/// <summary>What a model says of one row.</summary>
/// <param name="Raw">The model's own output, as it left the runtime.</param>
/// <param name="Calibrated">The probability that is answered and decided on.</param>
public readonly record struct Score(float Raw, double Calibrated)
{
    /// <summary>Of each class, in the manifest's order; null unless there are several. The score is then the largest of them.</summary>
    public float[]? Probabilities { get; init; }

    /// <summary>The most probable class, the first of equals; -1 without classes.</summary>
    public int Class
    {
        get
        {
            var best = -1;
            for (var i = 0; i < (Probabilities?.Length ?? 0); i++)
            {
                best = best < 0 || Probabilities![i] > Probabilities[best] ? i : best;
            }

            return best;
        }
    }

    public bool IsFinite => float.IsFinite(Raw) && double.IsFinite(Calibrated);
}
