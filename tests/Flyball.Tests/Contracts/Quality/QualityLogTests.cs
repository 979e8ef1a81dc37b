using System.Globalization;
using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Quality;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Tests.Contracts.Quality;

public sealed class QualityLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-quality-").FullName;

    [Fact]
    public async Task Findings_are_kept_with_the_rows_and_survive_a_restart()
    {
        await using var fixture = new LogFixture(QualityCompilerTests.Compile("{ metric: rowCount, mustBe: 7 }", atField: false));

        await fixture.IngestAsync("payments", Row(1), Row(2), Row(3));
        await fixture.ReopenAsync();

        var record = Assert.Single(fixture.Log.Quality.ReadFindings("payments", default, 10));
        var finding = Assert.Single(record.Findings);
        Assert.Equal(("tester", 3, "rowCount", RuleOutcome.Alert, 3.0, 7.0), (record.Caller, record.Rows, finding.Rule, finding.Outcome, finding.Seen, finding.Bound));
        Assert.Equal(1, fixture.Log.Quality.CountOf("payments"));
        Assert.Empty(fixture.Log.Quality.ReadFindings("payments", new Horizon(record.Seq), 10));
        Assert.Equal(3, fixture.Replayed.Rows);
    }

    [Fact]
    public async Task A_batch_that_must_be_held_waits_and_nobody_sees_it()
    {
        await using var fixture = new LogFixture(QualityCompilerTests.Compile("{ metric: rowCount, mustBe: 7, customProperties: [ { property: outcome, value: hold } ] }", atField: false));

        var outcome = await fixture.IngestAsync("payments", Row(1), Row(2));

        Assert.Equal((2, 0, 2), (outcome.Report!.Received, outcome.Report.Accepted, outcome.Report.Held));
        Assert.Equal((2, 2), ((int)outcome.Report.ToJson()["quarantined"]!, (int)outcome.Report.ToJson()["held"]!));
        Assert.Empty(fixture.Seen);
        Assert.Equal("rowCount", Assert.Single(Assert.Single(fixture.Log.Quality.ReadFindings("payments", default, 10)).Findings).Rule);
    }

    [Fact]
    public async Task A_file_is_judged_as_one_batch()
    {
        await using var fixture = new LogFixture(QualityCompilerTests.Compile("{ metric: rowCount, mustBe: 5000 }", atField: false));

        await ImportAsync(fixture, 5_000);
        Assert.Empty(fixture.Log.Quality.ReadFindings("payments", default, 10));
        await ImportAsync(fixture, 4_500);

        Assert.Equal(4_500, Assert.Single(fixture.Log.Quality.ReadFindings("payments", default, 10)).Rows);
    }

    [Fact]
    public async Task A_file_that_must_be_held_waits_whole_and_comes_in_once()
    {
        await using var fixture = new LogFixture(QualityCompilerTests.Compile("{ metric: rowCount, mustBe: 7, customProperties: [ { property: outcome, value: hold } ] }", atField: false));

        var first = await ImportAsync(fixture, 3_000);
        var second = await ImportAsync(fixture, 3_000);

        Assert.Equal((3_000, 0, 3_000), (first.Received, first.Accepted, first.Held));
        Assert.Equal((3_000, 3_000, 0), (second.Received, second.Duplicates, second.Held));
        Assert.Single(fixture.Log.StateOf("payments")!.Holds.All());
        Assert.Empty(fixture.Seen);
        Assert.Null(fixture.Log.Quality.ReferenceOf("payments"));
    }

    [Fact]
    public async Task The_first_large_file_becomes_the_reference_and_the_next_one_is_compared_with_it()
    {
        await using var fixture = new LogFixture(QualityCompilerTests.Compile("{ type: text }", atField: false));

        await ImportAsync(fixture, 999);
        Assert.Null(fixture.Log.Quality.ReferenceOf("payments"));
        await ImportAsync(fixture, 2_000);
        var reference = fixture.Log.Quality.ReferenceOf("payments");
        await ImportAsync(fixture, 2_000, at: 1_000_000);
        Assert.Empty(fixture.Log.Quality.ReadFindings("payments", default, 10));
        await ImportAsync(fixture, 2_000, at: 2_000_000, kind: i => i % 3 == 0 ? "" : "sale");

        Assert.Equal(2_999, reference!.AllRows);
        Assert.Contains(fixture.Log.Quality.ReadFindings("payments", default, 10).Single().Findings, f => f.Rule == "nulls(kind)");
        await fixture.ReopenAsync();
        Assert.Equal(reference.Digest(), fixture.Log.Quality.ReferenceOf("payments")!.Digest());
    }

    [Fact]
    public async Task A_reference_of_too_few_rows_is_refused()
    {
        await using var fixture = new LogFixture(QualityCompilerTests.Compile("{ type: text }", atField: false));
        await fixture.IngestAsync("payments", Row(1));

        var (reference, problem) = fixture.Log.Quality.Measure(fixture.Log.Contracts.Find("payments")!, fixture.Log.Applied, default);

        Assert.Null(reference);
        Assert.Equal("FLY3122", problem!.Code);
    }

    [Fact]
    public async Task The_same_rows_make_the_same_reference()
    {
        var digests = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            await using var fixture = new LogFixture(QualityCompilerTests.Compile("{ type: text }", atField: false));
            await ImportAsync(fixture, 3_000);
            digests.Add(fixture.Log.Quality.ReferenceOf("payments")!.Digest().Hex);
        }

        Assert.Equal(digests[0], digests[1]);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Row(int i) => string.Create(CultureInfo.InvariantCulture, $"{{\"event_time\":\"2026-01-01T00:00:00Z\",\"amount\":{i},\"kind\":\"sale\"}}");

    private async Task<ImportProgress> ImportAsync(LogFixture fixture, int rows, int at = 0, Func<int, string>? kind = null)
    {
        var random = new Random(rows + at);
        var text = new StringBuilder("event_time,amount,kind\n");
        for (var i = 0; i < rows; i++)
        {
            var time = DateTimeOffset.UnixEpoch.AddMinutes(at + i);
            text.Append(CultureInfo.InvariantCulture, $"{time:yyyy-MM-ddTHH:mm:ssZ},{random.Next(1, 1_000)},{kind?.Invoke(i) ?? (random.Next(5) == 0 ? "refund" : "sale")}\n");
        }

        var path = Path.Combine(folder, "f.csv");
        await File.WriteAllTextAsync(path, text.ToString());
        return await EventImport.RunAsync(fixture.Log, "payments", path, KnownAtPolicy.EventTime, LogFixture.Tester, null, default);
    }
}
