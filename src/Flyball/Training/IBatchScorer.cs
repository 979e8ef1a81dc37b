using Flyball.Engine.Expressions;

namespace Flyball.Training;

/// <summary>A scorer to which several rows together cost less than each alone: a call of a runtime, or one over the network. Thread-safe.</summary>
public interface IBatchScorer : IScorer
{
    /// <summary>Scores vectors in their order, in one call. What is thrown says nothing of a single one of them.</summary>
    /// <param name="vectors">Each in the order of the manifest's features.</param>
    /// <param name="scores">One a vector, to be filled.</param>
    /// <param name="within">How long the answers are of use; null for however long it takes.</param>
    void ScoreBatch(IReadOnlyList<Value[]> vectors, Span<Score> scores, TimeSpan? within = null);
}
