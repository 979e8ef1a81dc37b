namespace Flyball.Training.Trainers;

/// <summary>From the weighted sum to the score.</summary>
public enum LinearLink
{
    /// <summary>The sum is the score.</summary>
    Identity,

    /// <summary>A probability: 1 / (1 + e^-sum).</summary>
    Logistic,

    /// <summary>e^sum.</summary>
    Log,

    /// <summary>Probabilities of several classes.</summary>
    Softmax,
}
