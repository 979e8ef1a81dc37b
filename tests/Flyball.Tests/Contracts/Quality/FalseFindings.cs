using Flyball.Contracts.Quality;
using Flyball.Engine.Expressions;

namespace Flyball.Tests.Contracts.Quality;

/// <summary>
/// Counts findings on batches of unchanged data. Two ways to make them, both seeded: random rows (values drawn with replacement, reference too,
/// at the times of consecutive rows) and windows of consecutive rows of the history that the reference is of.
/// </summary>
internal static class FalseFindings
{
    public sealed record Rate(string Source, string Way, int Size, int Batches, int Found, IReadOnlyDictionary<string, int> Rules);

    public static Rate OfRandomRows(SampleSource source, int size, int batches, int seed)
    {
        var random = new Random(seed);
        var rows = source.Rows;
        var round = rows.Max(r => r[0].AsTimestamp.Micros) - rows.Min(r => r[0].AsTimestamp.Micros) + 1;
        var reference = source.Freeze(Draw(source, random, round, (0, rows.Count)));
        return Count(source, "random", size, batches, reference, () => Draw(source, random, round, (size < rows.Count ? random.Next(rows.Count - size) : 0, size)));
    }

    /// <summary>Null when the history has fewer than two windows of the size.</summary>
    public static Rate? OfWindows(SampleSource source, int size, int batches, int seed)
    {
        var random = new Random(seed);
        if (source.Rows.Count < 2 * size)
        {
            return null;
        }

        return Count(source, "windows", size, batches, source.Whole, () => source.Rows.Skip(random.Next(source.Rows.Count - size)).Take(size));
    }

    private static Rate Count(SampleSource source, string way, int size, int batches, SourceReference reference, Func<IEnumerable<Value[]>> draw)
    {
        var found = 0;
        var rules = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < batches; i++)
        {
            var verdict = source.Judge(reference, draw());
            found += verdict.Findings.Count > 0 ? 1 : 0;
            foreach (var finding in verdict.Findings)
            {
                rules[finding.Rule] = rules.GetValueOrDefault(finding.Rule) + 1;
            }
        }

        return new Rate(source.Name, way, size, batches, found, rules);
    }

    /// <summary>Values of random rows at the times of consecutive rows; past the end of the history time goes on with the next round of it.</summary>
    private static IEnumerable<Value[]> Draw(SampleSource source, Random random, long round, (int Start, int Count) part)
    {
        var rows = source.Rows;
        for (var i = 0; i < part.Count; i++)
        {
            var at = part.Start + i;
            var row = (Value[])rows[random.Next(rows.Count)].Clone();
            row[0] = Value.FromTimestamp(rows[at % rows.Count][0].AsTimestamp.Micros + (at / rows.Count * round));
            yield return row;
        }
    }
}
