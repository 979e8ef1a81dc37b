using Flyball.Training;

namespace Flyball.Serving.Degradation;

/// <summary>Which scores may be handed out. Whatever is declared, a probability is between 0 and 1, and nothing is NaN or infinite.</summary>
/// <param name="Minimum">The least score; null for no bound.</param>
/// <param name="Maximum">The greatest score; null for no bound.</param>
public readonly record struct AnswerRange(double? Minimum, double? Maximum)
{
    private const string Binary = "binary-classification";

    /// <summary>Whether a version's scores are probabilities.</summary>
    public static bool IsProbability(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.Classes is not null || manifest.Task == Binary;
    }

    /// <summary>Whether a score may be handed out as the answer of a version.</summary>
    public bool Holds(ModelManifest manifest, in Score score)
    {
        foreach (var probability in score.Probabilities ?? [])
        {
            if (probability is not (>= 0 and <= 1))
            {
                return false;
            }
        }

        return Holds(score.Calibrated, IsProbability(manifest));
    }

    /// <summary>Whether a number may be handed out.</summary>
    public bool Holds(double score, bool isProbability) =>
        double.IsFinite(score) && (!isProbability || score is >= 0 and <= 1) && !(score < Minimum) && !(score > Maximum);
}
