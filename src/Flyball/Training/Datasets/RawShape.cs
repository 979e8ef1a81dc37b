using Flyball.Engine.Expressions;
using Flyball.Features;
using Flyball.Training.Encodings;
using Flyball.Training.Tasks;

namespace Flyball.Training.Datasets;

/// <summary>The columns of a vector as a training set holds them before its encodings are learned: numbers, and categories by their numbers.</summary>
internal sealed class RawShape
{
    private readonly IReadOnlyList<FeatureColumn> columns;

    /// <param name="vector">The features.</param>
    /// <param name="encodings">Which of them are categories.</param>
    /// <param name="disclosure">Which categories are named by their values; buckets of a hash have no names.</param>
    public RawShape(FeatureVectorPlan vector, IReadOnlyList<EncodingDefinition> encodings, FeatureDisclosure disclosure)
    {
        columns = vector.Columns;
        Vocabularies = [.. columns.Select(c => encodings.FirstOrDefault(e => e.Feature == c.Name) is { } encoding
            ? new Vocabulary(encoding.Kind == EncodingKinds.Hash || disclosure.IsOpen(c.Name) ? null : c.Name)
            : null)];
    }

    public int Width => columns.Count;

    /// <summary>By column; null for one that is no category.</summary>
    public IReadOnlyList<Vocabulary?> Vocabularies { get; }

    public int ColumnOf(string feature) => columns.Index().First(c => c.Item.Name == feature).Index;

    public void Write(ReadOnlySpan<Value> vector, Span<float> into)
    {
        for (var c = 0; c < vector.Length; c++)
        {
            into[c] = Vocabularies[c] is not { } vocabulary ? FeatureEncoder.Number(vector[c])
                : vector[c].IsNull ? float.NaN
                : vocabulary.NumberOf(PlainText.Of(vector[c]));
        }
    }
}
