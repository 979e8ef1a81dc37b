using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.Splits;

/// <summary>What rows of the training part count, and which of them are left out: <c>weights</c> and <c>sample</c> of a model file.</summary>
/// <param name="Balanced">Every class counts as much as any other.</param>
/// <param name="ByClass">What a row of a class counts, by the class's name or <c>0</c> and <c>1</c>; empty for 1.</param>
/// <param name="Negatives">Share of the negative rows that is learned from, above 0; 1 for all.</param>
/// <param name="Seed">Which of them.</param>
public sealed record SamplingDefinition(bool Balanced, IReadOnlyDictionary<string, double> ByClass, double Negatives, long Seed)
{
    public static SamplingDefinition None { get; } = new(false, new Dictionary<string, double>(StringComparer.Ordinal), 1, 0);

    /// <summary>Reads <c>weights: balanced</c> or <c>weights: { CLASS: NUMBER }</c>, and <c>sample: { negatives: 10%, seed: 1 }</c>; FLY1293 for what is neither.</summary>
    public static SamplingDefinition Read(YamlSection root)
    {
        var byClass = new Dictionary<string, double>(StringComparer.Ordinal);
        var balanced = false;
        if (root.IsMapping("weights"))
        {
            foreach (var entry in root.Section("weights")!.Entries())
            {
                if (double.TryParse(entry.Text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var weight) && weight > 0 && double.IsFinite(weight))
                {
                    byClass[entry.Name] = weight;
                }
                else
                {
                    root.Problems.Add(new Problem("FLY1293", $"The weight of {entry.Name} is no number above 0.", entry.Where));
                }
            }
        }
        else if (root.Text("weights") is { } text)
        {
            balanced = text == "balanced";
            if (!balanced)
            {
                root.Problems.Add(new Problem("FLY1293", $"The weights {text} are not known.", root.At("weights"), "Write balanced, or a number a class."));
            }
        }

        var (negatives, seed) = (1.0, 0L);
        if (root.Section("sample") is { } sample)
        {
            var share = sample.Text("negatives") ?? "";
            seed = sample.Integer("seed") ?? 0;
            var isPercent = share.EndsWith('%');
            if (!double.TryParse(isPercent ? share[..^1] : share, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out negatives) || (negatives /= isPercent ? 100 : 1) is not (> 0 and <= 1))
            {
                root.Problems.Add(new Problem("FLY1293", "negatives is no share of the negative rows.", sample.At("negatives"), "Write a percentage above 0, such as 10%."));
                negatives = 1;
            }

            sample.Finish();
        }

        return new SamplingDefinition(balanced, byClass, negatives, seed);
    }

    /// <summary>The rows that are learned from: all positives, and a share of the negatives whose keys hash lowest.</summary>
    /// <returns>Also by how much the odds of a positive grew by that, which scores are corrected by (Elkan 2001).</returns>
    public (int[] Rows, double OddsFactor) Sample(IReadOnlyList<SplitRow> rows, int[] chosen)
    {
        if (Negatives >= 1)
        {
            return (chosen, 1);
        }

        var kept = chosen.Where(i => rows[i].Label > 0.5 || Mix((ulong)rows[i].Seq ^ ((ulong)Seed << 32)) < Negatives).ToArray();
        long before = chosen.Count(i => rows[i].Label <= 0.5), after = kept.Count(i => rows[i].Label <= 0.5);
        return after == 0 ? (chosen, 1) : (kept, (double)before / after);
    }

    /// <summary>What each row counts; null for all equal.</summary>
    /// <param name="labels">The training part's.</param>
    /// <param name="classes">Names of the classes; empty for 0 and 1.</param>
    public float[]? Weigh(ReadOnlySpan<float> labels, IReadOnlyList<string> classes)
    {
        if (!Balanced && ByClass.Count == 0)
        {
            return null;
        }

        var counts = new Dictionary<float, long>();
        foreach (var label in labels)
        {
            counts[label] = counts.GetValueOrDefault(label) + 1;
        }

        var weights = new float[labels.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            var name = classes.Count > 0 ? classes[(int)labels[i]] : labels[i] > 0.5f ? "1" : "0";
            weights[i] = Balanced ? (float)((double)labels.Length / (counts.Count * counts[labels[i]])) : (float)ByClass.GetValueOrDefault(name, 1);
        }

        return weights;
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood 2014), as a number in [0, 1).</summary>
    private static double Mix(ulong x)
    {
        unchecked
        {
            x += 0x9E3779B97F4A7C15;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return ((x ^ (x >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
