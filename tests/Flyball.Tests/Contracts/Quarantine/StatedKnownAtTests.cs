using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Quarantine;
using Flyball.Engine.Problems;
using Flyball.Native.DuckDb;

namespace Flyball.Tests.Contracts.Quarantine;

/// <summary>A row whose file states when it was known keeps that through quarantine.</summary>
public sealed class StatedKnownAtTests : IAsyncLifetime
{
    private const string Header = "transaction_id,event_time,customer_id,terminal_id,amount,loaded\n";
    private const string Stated = "2018-04-03T00:00:00Z";

    private static readonly ContractPlan Mended = Sample.Compile(
        Sample.TransactionsYaml.Replace("minimum: 0,", "minimum: -10,", StringComparison.Ordinal).Replace("version: 1.0.0", "version: 1.1.0", StringComparison.Ordinal));

    private readonly DeskFixture fixture = new(Sample.Transactions);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Theory]
    [InlineData("k.csv")]
    [InlineData("k.ndjson")]
    [InlineData("k.parquet")]
    public async Task A_release_gives_the_row_the_known_at_that_its_file_stated(string name)
    {
        await ImportAsync(Write(name));
        var kept = Assert.Single(fixture.Log.ReadQuarantine("transactions", default, 9));
        await fixture.Logs.ReopenAsync(Mended);

        await fixture.ReleaseAsync(kept.Seq);

        Assert.Equal((Stated, "loaded"), (kept.StatedKnownAt.ToString(), kept.KnownAt.Column));
        var row = fixture.Logs.Seen.Single(r => r.Row[0].AsInteger == 1);
        Assert.Equal((Stated, -5.0), (row.Stamp.KnownAt.ToString(), row.Row[4].AsNumber));
    }

    [Fact]
    public async Task A_listing_shows_what_was_stated_and_when_the_row_arrived()
    {
        await ImportAsync(Write("k.csv"));
        using var client = await fixture.ServeAsync();

        var listed = JsonNode.Parse(await client.GetStringAsync("/v1/quarantine/transactions"))!["rows"]![0]!;
        var shown = JsonNode.Parse(await client.GetStringAsync($"/v1/quarantine/transactions/{listed["seq"]}"))!;

        Assert.Equal((Stated, "loaded"), ((string)listed["stated_known_at"]!, (string)listed["known_at_from"]!));
        Assert.Equal(Stated, (string)shown["stated_known_at"]!);
        Assert.NotEqual(Stated, (string)shown["first_known_at"]!);
    }

    [Theory]
    [InlineData("k.csv", Header + "1,2018-04-01T00:00:00Z,2,3,5,yesterday\n")]
    [InlineData("k.ndjson", """{"transaction_id":1,"event_time":"2018-04-01T00:00:00Z","customer_id":2,"terminal_id":3,"amount":5,"loaded":"yesterday"}""")]
    public async Task A_row_that_does_not_say_when_it_was_known_goes_in_only_as_an_edited_copy(string name, string text)
    {
        await ImportAsync(WriteText(name, text));
        var seq = Assert.Single(fixture.Open());

        var refused = await Assert.ThrowsAsync<FlyballException>(() => fixture.ReleaseAsync(seq));
        await ReleaseEditedAsync(seq, $$"""{"transaction_id":1,"event_time":"2018-04-01T00:00:00Z","customer_id":2,"terminal_id":3,"amount":5,"loaded":"{{Stated}}"}""");

        Assert.Equal("FLY4094", refused.Problem.Code);
        Assert.Equal(Stated, Assert.Single(fixture.Logs.Seen).Stamp.KnownAt.ToString());
    }

    [Fact]
    public async Task An_edited_copy_keeps_what_was_stated_unless_it_says_otherwise()
    {
        await ImportAsync(WriteText("k.csv", Header + $"1,2018-04-01T00:00:00Z,2,3,-5,{Stated}\n2,2018-04-01T00:00:00Z,2,3,-5,{Stated}\n"));
        var open = fixture.Open();

        await ReleaseEditedAsync(open[0], LogFixture.Transaction(1, 5));
        await ReleaseEditedAsync(open[1], LogFixture.Transaction(2, 5).Replace("}", ",\"loaded\":\"2018-04-09T00:00:00Z\"}", StringComparison.Ordinal));

        Assert.Equal([Stated, "2018-04-09T00:00:00Z"], fixture.Logs.Seen.Select(r => r.Stamp.KnownAt.ToString()));
    }

    [Fact]
    public async Task A_column_of_the_contract_says_it_through_quarantine_too()
    {
        await using var dated = new DeskFixture(Dated("0"));
        var path = Path.Combine(dated.Logs.Folder, "d.csv");
        await File.WriteAllTextAsync(path, Header + $"1,2018-04-01T00:00:00Z,2,3,-5,{Stated}\n", TestContext.Current.CancellationToken);
        await EventImport.RunAsync(dated.Log, "transactions", path, KnownAtPolicy.OfColumn("loaded"), LogFixture.Tester, null, default);
        Assert.Equal(Stated, Assert.Single(dated.Log.ReadQuarantine("transactions", default, 9)).StatedKnownAt.ToString());
        await dated.Logs.ReopenAsync(Dated("-10"));

        await dated.ReleaseAsync([.. dated.Open()]);

        Assert.Equal(Stated, Assert.Single(dated.Logs.Seen).Stamp.KnownAt.ToString());
    }

    private static ContractPlan Dated(string minimum) => Sample.Compile(
        Sample.TransactionsYaml.Replace("minimum: 0,", $"minimum: {minimum},", StringComparison.Ordinal) + "\n      - { name: loaded, logicalType: timestamp }");

    private Task<DecidedRows> ReleaseEditedAsync(long seq, string row) => fixture.Desk.ReleaseAsync(
        "transactions", new RowSelection([]) { Edits = new Dictionary<long, string> { [seq] = row } }, LogFixture.Tester, "mended", default);

    private Task<ImportProgress> ImportAsync(string path) => EventImport.RunAsync(fixture.Log, "transactions", path, KnownAtPolicy.OfColumn("loaded"), LogFixture.Tester, null, default);

    private string Write(string name)
    {
        if (!name.EndsWith(".parquet", StringComparison.Ordinal))
        {
            return WriteText(name, name.EndsWith(".csv", StringComparison.Ordinal)
                ? Header + $"1,2018-04-01T00:00:00Z,2,3,-5,{Stated}\n2,2018-04-01T00:00:00Z,2,3,5,{Stated}\n"
                : LogFixture.Transaction(1, -5).Replace("}", $",\"loaded\":\"{Stated}\"}}", StringComparison.Ordinal));
        }

        var path = Path.Combine(fixture.Logs.Folder, name);
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        connection.Execute($"COPY (SELECT 1 AS transaction_id, TIMESTAMP '2018-04-01 00:00:00' AS event_time, 2 AS customer_id, 3 AS terminal_id, -5.0::DOUBLE AS amount, TIMESTAMP '2018-04-03 00:00:00' AS loaded) TO '{path}' (FORMAT parquet)");
        return path;
    }

    private string WriteText(string name, string text)
    {
        var path = Path.Combine(fixture.Logs.Folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
