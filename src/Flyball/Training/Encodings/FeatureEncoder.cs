using System.Buffers.Binary;
using System.Collections.Frozen;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Training.Tasks;

namespace Flyball.Training.Encodings;

/// <summary>
/// From a feature vector to the model's inputs: numbers as they are, flags as 0 and 1, null as missing, categories by their learned encodings. Training,
/// serving, frozen rows and replays go through this class alone. Immutable; safe from any thread.
/// </summary>
public sealed class FeatureEncoder
{
    private readonly Column[] columns;

    /// <param name="features">The vector's members in order.</param>
    /// <param name="encodings">Of those that are categories.</param>
    public FeatureEncoder(IReadOnlyList<string> features, IReadOnlyList<FeatureEncoding> encodings)
    {
        columns = new Column[features.Count];
        var names = new List<string>();
        for (var i = 0; i < columns.Length; i++)
        {
            var encoding = encodings.FirstOrDefault(e => e.Feature == features[i]);
            columns[i] = new Column(names.Count, encoding, encoding?.Categories.Index().ToFrozenDictionary(c => c.Item, c => c.Index, StringComparer.Ordinal));
            names.AddRange(NamesOf(features[i], encoding));
        }

        InputNames = names;
        Encodings = encodings;
    }

    /// <summary>One name an input of the model, in order: the feature's, or <c>feature=category</c>.</summary>
    public IReadOnlyList<string> InputNames { get; }

    public IReadOnlyList<FeatureEncoding> Encodings { get; }

    /// <summary>Inputs of the model.</summary>
    public int Width => InputNames.Count;

    /// <summary>Writes the inputs of one vector. Allocates nothing for texts, flags and numbers that are no category, and a name for each category that is masked.</summary>
    /// <param name="vector">As many values as features.</param>
    /// <param name="input">As many numbers as <see cref="Width"/>; NaN is missing.</param>
    public void Encode(ReadOnlySpan<Value> vector, Span<float> input)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            var column = columns[i];
            if (column.Encoding is null)
            {
                input[column.Offset] = Number(vector[i]);
            }
            else
            {
                Encode(column, vector[i].IsNull ? null : column.Encoding.NameOf(PlainText.Of(vector[i])), input.Slice(column.Offset, column.Encoding.Width));
            }
        }
    }

    /// <summary>What a value is in a profile of its feature: the number, or the place of its category; one that training did not have stands behind them all. NaN is missing.</summary>
    public double ProfileOf(int feature, in Value value)
    {
        var column = columns[feature];
        return column.Encoding is null ? Number(value)
            : value.IsNull ? double.NaN
            : column.Places!.TryGetValue(column.Encoding.NameOf(PlainText.Of(value)), out var place) ? place : column.Encoding.Categories.Count;
    }

    /// <summary>Which inputs a feature gives.</summary>
    internal (int Offset, int Width) InputsOf(int feature) => (columns[feature].Offset, columns[feature].Encoding?.Width ?? 1);

    /// <summary>The inputs of one category of a feature, by its name.</summary>
    internal void Encode(int feature, string? category, Span<float> input) => Encode(columns[feature], category, input);

    internal double ProfileOf(int feature, string? category) =>
        category is null ? double.NaN : columns[feature].Places!.TryGetValue(category, out var place) ? place : columns[feature].Encoding!.Categories.Count;

    /// <summary>A value of a feature that is no category.</summary>
    internal static float Number(in Value value) =>
        value.IsNull ? float.NaN
        : value.Kind == ScalarType.Boolean ? (value.AsBoolean ? 1f : 0f)
        : value.TryGetNumber(out var number) ? (float)number
        : float.NaN;

    /// <summary>The bucket of a category: the first eight bytes of its SHA-256, little-endian, modulo the buckets.</summary>
    internal static int BucketOf(string category, int buckets) => (int)(BinaryPrimitives.ReadUInt64LittleEndian(Digest.Of(category).ToBytes()) % (ulong)buckets);

    private static void Encode(Column column, string? category, Span<float> input)
    {
        var encoding = column.Encoding!;
        var place = category is not null && column.Places!.TryGetValue(category, out var found) ? found : -1;
        switch (encoding.Kind)
        {
            case EncodingKinds.OneHot:
                // A category that training did not have is none of the columns, and so is null.
                input.Clear();
                if (place >= 0)
                {
                    input[place] = 1;
                }

                break;
            case EncodingKinds.Hash:
                input.Clear();
                if (category is not null)
                {
                    input[BucketOf(category, encoding.Buckets)] = 1;
                }

                break;
            case EncodingKinds.Target:
                input[0] = (float)(place >= 0 ? encoding.Targets[place] : encoding.Prior);
                break;
            default:
                input[0] = place >= 0 ? place : float.NaN;
                break;
        }
    }

    private static IEnumerable<string> NamesOf(string feature, FeatureEncoding? encoding) => encoding switch
    {
        { Kind: EncodingKinds.OneHot, Categories.Count: > 0 } => encoding.Categories.Select(c => $"{feature}={c}"),
        { Kind: EncodingKinds.Hash } => Enumerable.Range(0, encoding.Buckets).Select(b => FormattableString.Invariant($"{feature}#{b}")),
        _ => [feature],
    };

    private sealed record Column(int Offset, FeatureEncoding? Encoding, FrozenDictionary<string, int>? Places);
}
