using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Training.Bundles;

/// <summary>
/// Scores the golden rows of a bundle with its loaded model.
/// <list type="number">
/// <item>The raw score must be the same bits; a processor with other instructions may differ by <see cref="Tolerance"/>, relative to scores above one.</item>
/// <item>Where the raw score is the same bits, the calibrated one must be too: isotonic calibration is plain arithmetic of this program. A logistic one takes
/// exponentials, which differ between machines as the raw score does; so do the probabilities of several classes.</item>
/// </list>
/// </summary>
internal static class GoldenReplay
{
    /// <summary>How far a raw score may be from the golden one.</summary>
    public const double Tolerance = 1e-6;

    private const string Remedy = "Do not use this version here. Train it again on this machine, or find out which library differs.";

    /// <summary>Null when every golden row comes out, or there are none; else the first that does not. Names numbers of scores, and no value of a row.</summary>
    public static Problem? Defect(ModelBundle bundle, BundleScorer scorer)
    {
        if (!bundle.Contains(ModelBundle.GoldenName) || !bundle.Contains(BundleMembers.Signature))
        {
            return null;
        }

        var (line, place) = (0, new ProblemLocation(ModelBundle.GoldenName));
        try
        {
            var types = SignatureDocument.VectorTypes(bundle[BundleMembers.Signature]);
            foreach (var text in Lines(bundle[ModelBundle.GoldenName]))
            {
                place = place with { Line = ++line };
                var golden = GoldenRow.Read(text, types);
                if (Judge(golden.Score, scorer.ScoreOne(golden.Vector), scorer.Manifest.Sigmoid is null) is { } apart)
                {
                    return new Problem("FLY3371", string.Create(CultureInfo.InvariantCulture, $"The loaded model does not give the score of golden row {line}: {apart}."), place, Remedy);
                }
            }
        }
        catch (FormatException)
        {
            return new Problem("FLY3372", "A golden row of the bundle cannot be read.", place, "Train the model again: the bundle was not made by this program.");
        }

        return line == scorer.Manifest.GoldenRows
            ? null
            : new Problem("FLY3372", string.Create(CultureInfo.InvariantCulture, $"The bundle has {line} golden rows, and its manifest says {scorer.Manifest.GoldenRows ?? 0}."), new ProblemLocation(ModelBundle.GoldenName), "Train the model again: the bundle was not made by this program.");
    }

    /// <summary>The vectors of the golden rows, in order; none of a bundle without them.</summary>
    /// <exception cref="FormatException">A row cannot be read.</exception>
    public static IEnumerable<Value[]> Vectors(ModelBundle bundle)
    {
        if (!bundle.Contains(ModelBundle.GoldenName) || !bundle.Contains(BundleMembers.Signature))
        {
            yield break;
        }

        var types = SignatureDocument.VectorTypes(bundle[BundleMembers.Signature]);
        foreach (var line in Lines(bundle[ModelBundle.GoldenName]))
        {
            yield return GoldenRow.Read(line, types).Vector;
        }
    }

    private static string? Judge(Score golden, Score found, bool exact)
    {
        if (Apart(golden.Raw, found.Raw) is { } apart)
        {
            return apart;
        }

        var (wanted, given) = (golden.Probabilities ?? [], found.Probabilities ?? []);
        if (wanted.Length != given.Length)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{given.Length} classes where {wanted.Length} are expected");
        }

        for (var k = 0; k < wanted.Length; k++)
        {
            if (Apart(wanted[k], given[k]) is { } wrong)
            {
                return string.Create(CultureInfo.InvariantCulture, $"class {k} {wrong}");
            }
        }

        var same = exact ? BitConverter.DoubleToInt64Bits(found.Calibrated) == BitConverter.DoubleToInt64Bits(golden.Calibrated) : Math.Abs(found.Calibrated - golden.Calibrated) <= Tolerance;
        return wanted.Length == 0 && BitConverter.SingleToInt32Bits(found.Raw) == BitConverter.SingleToInt32Bits(golden.Raw) && !same
            ? string.Create(CultureInfo.InvariantCulture, $"calibrated {found.Calibrated:R} where {golden.Calibrated:R} is expected")
            : null;
    }

    private static string? Apart(float golden, float found)
    {
        var difference = Math.Abs((double)found - golden);
        return difference <= Tolerance * Math.Max(1, Math.Abs(golden)) ? null : string.Create(CultureInfo.InvariantCulture, $"{found:R} where {golden:R} is expected, {difference:G3} apart");
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> text)
    {
        while (text.Length > 0)
        {
            var end = text.Span.IndexOf((byte)'\n');
            yield return end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
        }
    }
}
