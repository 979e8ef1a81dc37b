using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Slices;
using Flyball.Engine.Statistics;
using Flyball.Engine.Tests.Evaluation.Metrics;
using Flyball.Engine.Tests.Oracles;

namespace Flyball.Engine.Tests.Evaluation.Slices;

public sealed class SliceTests
{
    [Fact]
    public void EveryCategoryAndIntersection_IsListed_AndRowsWithoutAValueAreInNone()
    {
        SliceColumn[] columns =
        [
            new("country", [0, 0, 1, 1, -1], ["DE", "FR"]),
            new("channel", [0, 1, 0, 1, 0], ["web", "app"]),
        ];
        Assert.Equal(
            ["country = DE", "country = FR", "channel = web", "channel = app", "country = DE and channel = web", "country = DE and channel = app", "country = FR and channel = web", "country = FR and channel = app"],
            SliceEnumeration.Of(columns, 2, 1).Select(s => s.Name));
        Assert.Equal([2], SliceEnumeration.Of(columns, 2, 1)[6].Rows);
        Assert.Equal([0, 2, 4], SliceEnumeration.Of(columns, 1, 1)[2].Rows);
        Assert.Equal(4, SliceEnumeration.Of(columns, 2, 4).Count);
        Assert.Equal(3, SliceEnumeration.Of(columns, 2, 1, most: 3).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => SliceEnumeration.Of(columns, 4, 1));
    }

    [Fact]
    public void ThreeColumns_GiveTheSlicesThatAFilterGives()
    {
        var numbers = new SeededNumbers(1);
        SliceColumn[] columns = [.. "abc".Select(name => new SliceColumn(
            name.ToString(), [.. Enumerable.Range(0, 200).Select(_ => (int)(numbers.Uniform() * 3))], ["0", "1", "2"]))];
        var slices = SliceEnumeration.Of(columns, 3, 1);
        Assert.Equal(9 + 27 + 27, slices.Count);
        Assert.Equal(slices.Count, slices.Select(s => s.Name).Distinct().Count());
        Assert.All(slices, slice => Assert.Equal(
            Enumerable.Range(0, 200).Where(r => slice.Conditions.All(c => columns.Single(k => k.Name == c.Column).Codes[r].ToString() == c.Category)), slice.Rows));
    }

    [Fact]
    public void APlantedWeakSlice_IsFound_AndASmallOneIsInsufficient()
    {
        var (scores, labels) = TestRows.BinaryParts(41, 3000, 0.4);
        var codes = Enumerable.Range(0, 3000).Select(i => i % 300 == 0 ? 5 : i % 5).ToArray();
        var noise = new SeededNumbers(42);
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = codes[i] == 3 ? noise.Uniform() : scores[i];
        }

        var slices = SliceEnumeration.Of([new("region", codes, ["a", "b", "c", "weak", "e", "small"])], 1, 100);
        var found = SliceComparison.Measure(ScoredRows.Binary(scores, labels), MetricCatalogue.Named("roc_auc"), slices);
        Assert.Equal(6, found.Count);
        Assert.True(found[3].Adjusted < 1e-6 && found[3].Difference.Value < -0.1, $"{found[3]}");
        Assert.All(new[] { 0, 1, 2, 4 }, i => Assert.True(found[i].Adjusted >= found[i].PValue));
        Assert.Contains("at least 100 are needed", found[5].Insufficient, StringComparison.Ordinal);
        Assert.Null(found[5].Adjusted);
        Assert.Null(found[5].Interval.Lower.Value);
    }

    [Fact]
    public void WithNothingWrong_AlmostNoSliceIsAccused()
    {
        var accused = 0;
        for (ulong seed = 0; seed < 10; seed++)
        {
            var rows = TestRows.Binary(500 + seed, 2000, 0.4);
            var slices = SliceEnumeration.Of([new("region", [.. Enumerable.Range(0, 2000).Select(i => i % 10)], [.. "abcdefghij".Select(c => c.ToString())])], 1, 100);
            accused += SliceComparison.Measure(rows, MetricCatalogue.Named("accuracy"), slices, new SliceOptions { FamilyWise = true }).Count(m => m.Adjusted < 0.05);
        }

        Assert.InRange(accused, 0, 2);
    }

    [Fact]
    public void Holm_EqualsAWorkedExample()
    {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
        Assert.Equal([0.03, 0.06, 0.06, 0.02], FamilyWise.Holm([0.01, 0.04, 0.03, 0.005]).Select(p => Math.Round(p, 12)));
        Assert.Equal([1.0, 1.0], FamilyWise.Holm([0.6, 0.9]));
        Assert.Throws<ArgumentException>(() => FamilyWise.Holm([double.NaN]));
    }
}
