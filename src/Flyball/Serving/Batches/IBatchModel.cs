namespace Flyball.Serving.Batches;

/// <summary>How the rows of a batch get their scores. Used by several threads at once, each with a batch of its own.</summary>
internal interface IBatchModel
{
    /// <summary>Fills the scores of the good rows, and the reasons of those that get none.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY5028: the model is out of reach, and going on would only put rows aside.</exception>
    void Score(ScoreBatch batch);
}
