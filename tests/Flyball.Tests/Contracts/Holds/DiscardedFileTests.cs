using Flyball.Contracts;
using Flyball.Contracts.Holds;
using Flyball.Contracts.Ingestion;
using Flyball.Tests.Contracts.Quarantine;

namespace Flyball.Tests.Contracts.Holds;

/// <summary>What was discarded is not stored, so it may be sent again; what waits is named to who sends it again.</summary>
public sealed class DiscardedFileTests
{
    private const string Rule = "\n    quality: [ { metric: rowCount, mustBeLessThan: 5, customProperties: [ { property: outcome, value: hold } ] } ]";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_whose_held_rows_were_discarded_is_held_again(bool isKeyed)
    {
        await using var fixture = Fixture(isKeyed);
        var (source, path) = (isKeyed ? "transactions" : "clicks", Write(fixture, isKeyed));
        for (var round = 0; round < 3; round++)
        {
            var held = await ImportAsync(fixture, source, path);
            var waiting = await ImportAsync(fixture, source, path);

            Assert.Equal((20_000, 20_000, 0), (held.Received, held.Held, held.Duplicates));
            Assert.Equal((20_000, held.Batch), (waiting.Duplicates, waiting.Batch));
            Assert.Equal(20_000, (await fixture.Holds.DiscardAsync(source, held.Batch!, LogFixture.Tester, "x", default)).Rows);
            await fixture.Logs.ReopenAsync();
        }

        var last = await ImportAsync(fixture, source, path);
        await fixture.Holds.ReleaseAsync(source, last.Batch!, LogFixture.Tester, "x", default);

        Assert.Equal((20_000, null), ((await ImportAsync(fixture, source, path)).Duplicates, (await ImportAsync(fixture, source, path)).Batch));
        Assert.Equal(20_000, fixture.Logs.Seen.Count);
    }

    [Fact]
    public async Task Rows_that_wait_are_duplicates_of_a_batch_that_is_named()
    {
        await using var fixture = new DeskFixture();
        var held = (await fixture.Logs.HoldAsync("transactions", [LogFixture.Transaction(1), LogFixture.Transaction(2)])).Report!;
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(3));

        var again = (await fixture.Logs.IngestAsync("transactions", "k2", [LogFixture.Transaction(3), LogFixture.Transaction(2)])).Report!;
        var repeated = (await fixture.Logs.IngestAsync("transactions", "k2", [LogFixture.Transaction(3), LogFixture.Transaction(2)])).Report!;
        var stored = (await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(3))).Report!;

        Assert.Equal((2, 0, held.Batch), (again.Duplicates, again.Held, again.Batch));
        Assert.Equal(held.Batch, (string?)again.ToJson()["batch"]);
        Assert.Equal((true, held.Batch), (repeated.Replayed, repeated.Batch));
        Assert.Null(stored.Batch);
    }

    private static DeskFixture Fixture(bool isKeyed) => new(Sample.Compile(
        isKeyed ? Sample.TransactionsYaml.Replace("- name: transactions", "- name: transactions" + Rule, StringComparison.Ordinal) : Sample.KeylessYaml.Replace("- name: clicks", "- name: clicks" + Rule, StringComparison.Ordinal)));

    private static string Write(DeskFixture fixture, bool isKeyed)
    {
        var path = Path.Combine(fixture.Logs.Folder, "a.csv");
        File.WriteAllLines(
            path,
            [isKeyed ? Ingestion.ImportFixture.Header.Trim() : "event_time,page", .. Enumerable.Range(0, 20_000).Select(i => isKeyed ? $"{i},2018-04-01T00:00:00Z,2,3,10" : $"2018-04-01T00:00:00Z,p{i}")]);
        return path;
    }

    private static Task<ImportProgress> ImportAsync(DeskFixture fixture, string source, string path) =>
        EventImport.RunAsync(fixture.Log, source, path, KnownAtPolicy.Assigned, LogFixture.Tester, null, default);
}
