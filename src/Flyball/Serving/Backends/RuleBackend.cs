using Flyball.Engine.Expressions;
using Flyball.Training;
using Flyball.Training.Encodings;

namespace Flyball.Serving.Backends;

/// <summary>Scores by an expression over the request's own fields. Cost: the expression; nothing is allocated.</summary>
internal sealed class RuleBackend(RowPlan rule, ModelManifest manifest) : IScorer
{
    public string Kind => "rule";

    public ModelManifest Manifest => manifest;

    public FeatureEncoder Encoder { get; } = BundleScorer.EncoderOf(manifest);

    /// <summary>A rule without a value, such as after a division by nothing, gives no score.</summary>
    /// <exception cref="InvalidOperationException">Only the vector is known, which a rule does not read.</exception>
    public Score ScoreOne(ReadOnlySpan<Value> vector, Value[]? row = null, TimeSpan? within = null)
    {
        var asked = row ?? throw new InvalidOperationException("A rule is computed from the request's row.");
        return rule.Evaluate(asked).TryGetNumber(out var score) ? new Score((float)score, score) : new Score(float.NaN, double.NaN);
    }

    public void Dispose()
    {
    }
}
