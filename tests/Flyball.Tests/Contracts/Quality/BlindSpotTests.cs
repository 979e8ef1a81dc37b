using Flyball.Contracts.Quality;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Tests.Contracts.Quality;

/// <summary>Changes that deciles, categories and whole days alone do not see, each beside unchanged batches of the same source.</summary>
public class BlindSpotTests
{
    private const int Batch = 2_000;

    private static readonly SampleSource Source = Draw(30_000, seed: 15);

    private static readonly SourceReference Reference = SourceReference.FromJson(Source.Freeze(Source.Rows).ToJson());

    [Theory]
    [InlineData(100)]
    [InlineData(Batch)]
    public void Unchanged_batches_raise_nothing(int size)
    {
        var found = Enumerable.Range(0, 200).Count(seed => Source.Judge(Reference, Draw(size, seed + 100).Rows).Findings.Count > 0);

        Assert.InRange(found, 0, 2);
    }

    [Fact]
    public void Zeros_that_are_gone_are_found() => AssertFinds("shift(z)", (row, i, z) => row[z] = Value.FromNumber(0.5 + (i % 7)), "z");

    [Fact]
    public void Zeros_that_became_running_numbers_are_found() => AssertFinds("shift(z)", (row, i, z) => row[z] = Value.FromNumber(10_000 + i), "z");

    [Fact]
    public void Amounts_between_zeros_that_move_are_found() =>
        AssertFinds("shift(z)", (row, i, z) => row[z] = row[z].AsNumber == 0 ? row[z] : Value.FromNumber(4), "z");

    [Theory]
    [InlineData("ERROR")]
    [InlineData("C000000")]
    public void A_text_of_one_value_is_found(string text) => AssertFinds("values(t)", (row, _, t) => row[t] = Value.FromText(text), "t");

    [Fact]
    public void A_text_of_two_hundred_values_of_the_usual_length_is_found() =>
        AssertFinds("values(t)", (row, i, t) => row[t] = Value.FromText($"C{100_000 + (i % 200)}"), "t");

    [Fact]
    public void Texts_that_are_blank_are_found() => AssertFinds("blanks(t)", (row, i, t) => row[t] = i % 10 == 0 ? Value.FromText(" ") : row[t], "t");

    [Fact]
    public void Texts_that_are_cut_are_found() => AssertFinds("lengths(t)", (row, i, t) => row[t] = i % 10 == 0 ? Value.FromText(row[t].AsText[..4]) : row[t], "t");

    [Fact]
    public void An_upper_tail_times_a_thousand_is_found() =>
        AssertFinds("out of range(x)", (row, _, x) => row[x] = row[x].AsNumber > 1.2816 ? Value.FromNumber(row[x].AsNumber * 1_000) : row[x], "x");

    [Fact]
    public void A_hundredth_of_a_hundred_rows_out_of_range_is_not_enough()
    {
        var index = Source.Plan.Schema.IndexOf("x");
        var rows = Draw(100, 7).Rows;
        rows[50][index] = Value.FromNumber(1e6);

        Assert.Empty(Source.Judge(Reference, rows).Findings);
    }

    [Theory]
    [InlineData(1_000, 3)]
    [InlineData(500, 10)]
    [InlineData(2_000, 6)]
    public void A_batch_that_lost_rows_is_found_by_its_whole_days(int rows, int days)
    {
        var lost = Draw(rows, 7, 40 * Clock.MicrosPerDay, days * Clock.MicrosPerDay / rows);

        Assert.Equal("volume", Assert.Single(Source.Judge(Reference, lost.Rows).Findings).Rule);
    }

    [Fact]
    public void Days_without_rows_between_two_full_ones_are_found()
    {
        var lost = Draw(1_000, 7, 40 * Clock.MicrosPerDay).Rows.Concat(Draw(1_000, 8, 49 * Clock.MicrosPerDay).Rows);

        Assert.Equal("volume", Assert.Single(Source.Judge(Reference, lost).Findings).Rule);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(500)]
    [InlineData(1_000)]
    [InlineData(2_500)]
    public void Batches_of_a_source_with_thin_weekends_raise_nothing(int size)
    {
        var rows = Weekly(60_000);
        var reference = Source.Freeze(rows.Take(40_000));

        var found = Enumerable.Range(0, 20_000 / size).Where(i => Source.Judge(reference, rows.Skip(40_000 + (i * size)).Take(size)).Findings.Count > 0).Count();

        Assert.InRange(found, 0, 20_000 / size / 100);
    }

    [Fact]
    public void Events_of_other_years_are_found()
    {
        var rows = Draw(Batch, 7).Rows;
        foreach (var (row, i) in rows.Select((r, i) => (r, i)))
        {
            row[0] = Value.FromTimestamp(SampleSource.Micros("0001-01-01") + (i * 4 * 365 * Clock.MicrosPerDay));
        }

        Assert.Equal(2, JudgeAt(rows, 60).Count(f => f.Rule == "event time"));
    }

    [Fact]
    public void Events_of_another_century_are_found() =>
        Assert.Contains(JudgeAt(Draw(Batch, 7, SampleSource.Micros("2099-01-01")).Rows, 60), f => f.Rule == "event time");

    [Theory]
    [InlineData(28)]
    [InlineData(40)]
    [InlineData(-5)]
    public void Events_of_about_now_and_of_shortly_before_the_reference_are_not(int day) =>
        Assert.DoesNotContain(JudgeAt(Draw(Batch, 7, day * Clock.MicrosPerDay).Rows, 42), f => f.Rule == "event time");

    private static IReadOnlyList<Finding> JudgeAt(IEnumerable<Value[]> rows, int day) =>
        Source.Plan.Quality.Judge(Source.Observe(Reference, rows), new EventTime(day * Clock.MicrosPerDay)).Findings;

    private static List<Value[]> Weekly(int count)
    {
        var random = new Random(3);
        var rows = Draw(count, 16).Rows;
        var at = 0.0;
        foreach (var row in rows)
        {
            var isWeekend = (long)(at / Clock.MicrosPerDay) % 7 >= 5;
            at -= Math.Log(1 - random.NextDouble()) * Clock.MicrosPerDay / (isWeekend ? 300 : 1_000);
            row[0] = Value.FromTimestamp((long)at);
        }

        return rows;
    }

    private static void AssertFinds(string rule, Action<Value[], int, int> change, string column)
    {
        var index = Source.Plan.Schema.IndexOf(column);
        var rows = Draw(Batch, 7).Rows;
        Assert.Empty(Source.Judge(Reference, rows).Findings);
        foreach (var (row, i) in rows.Select((r, i) => (r, i)))
        {
            change(row, i, index);
        }

        var findings = Source.Judge(Reference, rows).Findings;

        Assert.Contains(findings, f => f.Rule == rule);
        Assert.All(findings, f => Assert.Equal(column, f.Field));
    }

    /// <summary>A thousand rows a day: an amount that is mostly zero, a normal number, a category, a text of a million values and a number of two hundred.</summary>
    private static SampleSource Draw(int rows, int seed, long from = 0, long step = Clock.MicrosPerDay / 1_000)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var lines = new List<string[]> { (string[])["at", "z", "x", "c", "t", "k"] };
        for (var i = 0; i < rows; i++)
        {
            var z = i == 0 || random.NextDouble() < 0.05 ? Math.Exp(Normal()) : 0;
            lines.Add([Text(from + (i * step)), Text(z), Text(Normal()), "abcde"[random.Next(5)].ToString(), "C" + random.Next(1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture), Text(random.Next(200))]);
        }

        return SampleSource.Of("drawn", lines, l => long.Parse(l[0], System.Globalization.CultureInfo.InvariantCulture), "", "at");

        static string Text(IFormattable value) => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
    }
}
