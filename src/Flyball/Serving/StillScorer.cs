using Flyball.Engine.Expressions;
using Flyball.Training;
using Flyball.Training.Encodings;

namespace Flyball.Serving;

/// <summary>Stands in a version's place where the way to it is gone and nobody is to be asked: it says the same to everything.</summary>
/// <param name="of">Whose manifest and encoder it has.</param>
internal sealed class StillScorer(IScorer of) : IScorer
{
    public string Kind => of.Kind;

    public ModelManifest Manifest => of.Manifest;

    public FeatureEncoder Encoder => of.Encoder;

    public Score ScoreOne(ReadOnlySpan<Value> vector, Value[]? row = null, TimeSpan? within = null) => new(0.5f, 0.5);

    public void Dispose()
    {
    }
}
