using Flyball.Engine.Expressions;
using Flyball.Training.Encodings;

namespace Flyball.Training;

/// <summary>What scores the vectors of one version: a model that is loaded here, a model elsewhere, or a rule. Thread-safe.</summary>
public interface IScorer : IDisposable
{
    /// <summary>What does it: <c>onnx</c>, <c>remote</c> or <c>rule</c>.</summary>
    string Kind { get; }

    /// <summary>What the version says of itself.</summary>
    ModelManifest Manifest { get; }

    /// <summary>From feature vectors to inputs, and to the values that drift is measured in.</summary>
    FeatureEncoder Encoder { get; }

    /// <summary>Scores one vector. A score that is not finite is no score, and whatever is thrown is a failure of the version alone.</summary>
    /// <param name="vector">In the order of the manifest's features.</param>
    /// <param name="row">The request's own row, in the order of its schema; null where only the vector is known.</param>
    /// <param name="within">How long the answer is of use; null for however long it takes. A model that is loaded here is not interrupted.</param>
    Score ScoreOne(ReadOnlySpan<Value> vector, Value[]? row = null, TimeSpan? within = null);
}
