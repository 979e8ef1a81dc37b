using Flyball.Engine.Problems;
using Flyball.Training.Datasets;

namespace Flyball.Training.Encodings;

/// <summary>
/// Learns encodings from the training part alone.
/// <list type="number">
/// <item>The categories of the training part are ranked by how often they come there; nothing of the other parts is looked at.</item>
/// <item>A target encoding is the mean label of the category, smoothed by m rows of the mean of all: (n mean + m prior) / (n + m) (Micci-Barreca 2001).</item>
/// <item>The training rows themselves get the figure of the other four fifths of the rows, so that no row sees its own label.</item>
/// </list>
/// </summary>
internal static class EncodingLearner
{
    /// <summary>A model of more inputs is refused: most likely an identifier was taken for a category.</summary>
    private const int MostCategories = 1_000;

    private const int Folds = 5;

    /// <exception cref="FlyballException">FLY3242: a feature has too many categories for its encoding.</exception>
    public static IReadOnlyList<FeatureEncoding> Learn(IReadOnlyList<EncodingDefinition> definitions, RawPart train)
    {
        var learned = new List<FeatureEncoding>();
        foreach (var definition in definitions)
        {
            var column = train.Shape.ColumnOf(definition.Feature);
            var vocabulary = train.Shape.Vocabularies[column]!;
            var counts = new long[vocabulary.Count];
            for (var r = 0; r < train.Rows; r++)
            {
                if (train.CategoryOf(r, column) is { } number)
                {
                    counts[number]++;
                }
            }

            var ranked = Enumerable.Range(0, counts.Length).Where(n => counts[n] > 0).OrderByDescending(n => counts[n]).ThenBy(n => vocabulary[n], StringComparer.Ordinal).ToList();
            if (ranked.Count > MostCategories && definition.Kind != EncodingKinds.Hash)
            {
                throw new FlyballException(new Problem(
                    "FLY3242", $"The feature {definition.Feature} has {ranked.Count} categories in the training part; {MostCategories} are allowed.", Remedy: "Encode it as hash(64), or leave it out: it may be an identifier."));
            }

            var isHash = definition.Kind == EncodingKinds.Hash;
            var encoding = new FeatureEncoding(definition.Feature, definition.Kind, isHash ? [] : [.. ranked.Select(n => vocabulary[n])]) { Buckets = isHash ? definition.Argument : 0, Masked = vocabulary.IsMasked ? true : null };
            learned.Add(definition.Kind == EncodingKinds.Target ? WithTargets(encoding, train, column, ranked, definition.Argument) : encoding);
        }

        return learned;
    }

    /// <summary>Inputs of a part. Cost: linear in their number.</summary>
    /// <param name="encoder">Of the training part.</param>
    /// <param name="part">Any part.</param>
    /// <param name="definitions">What the encodings were learned by, when this is the training part: its target encodings are made out of fold. Null for another part.</param>
    public static (float[] Inputs, float[] Profile) Encode(FeatureEncoder encoder, RawPart part, IReadOnlyList<EncodingDefinition>? definitions)
    {
        if (encoder.Encodings.Count == 0)
        {
            return (part.Values, part.Values);
        }

        var (width, features) = (encoder.Width, part.Shape.Width);
        var inputs = new float[part.Rows * width];
        var profile = new float[part.Values.Length];
        for (var c = 0; c < features; c++)
        {
            var (offset, wide) = encoder.InputsOf(c);
            var table = part.Shape.Vocabularies[c] is { } vocabulary ? TableOf(encoder, c, wide, vocabulary) : null;
            for (var r = 0; r < part.Rows; r++)
            {
                var into = inputs.AsSpan((r * width) + offset, wide);
                if (table is null)
                {
                    into[0] = profile[(r * features) + c] = part.Values[(r * features) + c];
                    continue;
                }

                var (encoded, place) = table[part.CategoryOf(r, c) + 1 ?? 0];
                encoded.CopyTo(into);
                profile[(r * features) + c] = place;
            }
        }

        foreach (var definition in definitions?.Where(d => d.Kind == EncodingKinds.Target) ?? [])
        {
            var column = part.Shape.ColumnOf(definition.Feature);
            OutOfFold(part, column, definition.Argument, inputs, width, encoder.InputsOf(column).Offset);
        }

        return (inputs, profile);
    }

    /// <summary>Null first, then the categories by their numbers.</summary>
    private static (float[] Inputs, float Place)[] TableOf(FeatureEncoder encoder, int column, int width, Vocabulary vocabulary)
    {
        var table = new (float[] Inputs, float Place)[vocabulary.Count + 1];
        for (var n = 0; n < table.Length; n++)
        {
            var category = n == 0 ? null : vocabulary[n - 1];
            var encoded = new float[width];
            encoder.Encode(column, category, encoded);
            table[n] = (encoded, (float)encoder.ProfileOf(column, category));
        }

        return table;
    }

    private static FeatureEncoding WithTargets(FeatureEncoding encoding, RawPart train, int column, List<int> ranked, int smoothing)
    {
        var means = Means(train, column, _ => true, smoothing, out var prior);
        return encoding with { Targets = [.. ranked.Select(n => means[n])], Prior = prior };
    }

    private static void OutOfFold(RawPart train, int column, int smoothing, float[] inputs, int width, int offset)
    {
        for (var fold = 0; fold < Folds; fold++)
        {
            // By the order of the log, in turn: every fold has rows of every time.
            var means = Means(train, column, r => r % Folds != fold, smoothing, out var prior);
            for (var r = fold; r < train.Rows; r += Folds)
            {
                inputs[(r * width) + offset] = (float)(train.CategoryOf(r, column) is { } number ? means[number] : prior);
            }
        }
    }

    private static double[] Means(RawPart train, int column, Func<int, bool> counts, int smoothing, out double prior)
    {
        var sums = new (double Sum, long Rows)[train.Shape.Vocabularies[column]!.Count];
        var (sum, rows) = (0.0, 0L);
        for (var r = 0; r < train.Rows; r++)
        {
            if (!counts(r))
            {
                continue;
            }

            (sum, rows) = (sum + train.Labels[r], rows + 1);
            if (train.CategoryOf(r, column) is { } number)
            {
                sums[number] = (sums[number].Sum + train.Labels[r], sums[number].Rows + 1);
            }
        }

        var mean = rows == 0 ? 0 : sum / rows;
        prior = mean;
        return [.. sums.Select(s => (s.Sum + (smoothing * mean)) / (s.Rows + smoothing))];
    }
}
