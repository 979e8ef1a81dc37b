using Flyball.Training;

namespace Flyball.Serving;

/// <summary>The answer of a model that tells several classes apart.</summary>
/// <param name="Name">The likeliest class.</param>
/// <param name="Classes">All classes of the version that answered.</param>
/// <param name="Probabilities">Of each of <paramref name="Classes"/>.</param>
public sealed record AnsweredClass(string Name, IReadOnlyList<string> Classes, IReadOnlyList<float> Probabilities)
{
    /// <summary>The class that a record answers; null for a number or the probability of one of two classes.</summary>
    /// <param name="plan">The plan it was made under.</param>
    /// <param name="record">An answer.</param>
    public static AnsweredClass? Of(TrafficPlan plan, PredictionRecord record)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(record);
        return record.Probabilities.Count == 0 || plan.VersionOf(record.Digest)?.Scorer.Manifest.Classes is not { } classes
            ? null
            : new AnsweredClass(classes[new Score { Probabilities = [.. record.Probabilities] }.Class], classes, record.Probabilities);
    }

    /// <summary>Of a class by its name; 0 for one that this version does not tell.</summary>
    public float ProbabilityOf(string name)
    {
        for (var k = 0; k < Classes.Count; k++)
        {
            if (Classes[k] == name)
            {
                return Probabilities[k];
            }
        }

        return 0;
    }
}
