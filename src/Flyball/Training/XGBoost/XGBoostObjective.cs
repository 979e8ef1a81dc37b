namespace Flyball.Training.XGBoost;

/// <summary>What the sum of the trees means, and so how it becomes a score.</summary>
public enum XGBoostObjective
{
    /// <summary><c>binary:logistic</c>: log-odds; the score is a probability.</summary>
    BinaryLogistic,

    /// <summary><c>reg:squarederror</c>: the score itself.</summary>
    SquaredError,

    /// <summary><c>multi:softprob</c>: one sum a class; the scores are probabilities that add up to 1.</summary>
    MultiSoftprob,

    /// <summary><c>reg:absoluteerror</c>: the score itself.</summary>
    AbsoluteError,

    /// <summary><c>reg:squaredlogerror</c>: the score itself, above -1.</summary>
    SquaredLogError,

    /// <summary><c>reg:gamma</c>: the logarithm of the score, for labels above 0.</summary>
    Gamma,

    /// <summary><c>reg:tweedie</c>: the logarithm of the score, for labels from 0 up.</summary>
    Tweedie,

    /// <summary><c>count:poisson</c>: the logarithm of the score, for labels from 0 up.</summary>
    Poisson,

    /// <summary><c>rank:pairwise</c>: the score itself, compared within its group.</summary>
    RankPairwise,

    /// <summary><c>rank:ndcg</c>: the score itself, compared within its group.</summary>
    RankNdcg,
}
