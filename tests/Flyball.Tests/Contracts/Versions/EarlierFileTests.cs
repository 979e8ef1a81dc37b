using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Versions;
using Flyball.Engine.Problems;
using Flyball.Native.DuckDb;
using Flyball.Storage.Journals;
using Flyball.Tests.Time;

namespace Flyball.Tests.Contracts.Versions;

/// <summary>Files of an earlier version beside the present one, for a declared time.</summary>
public sealed class EarlierFileTests : IAsyncDisposable
{
    private const string Accepts = "\ncustomProperties: [ { property: accepts, value: { version: 1.0.0, until: 2026-03-01T12:00:01Z } } ]";
    private const string Country = "\n      - name: country\n        logicalType: string\n        required: true";
    private const string Header = "transaction_id,event_time,customer_id,terminal_id,amount";

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-").FullName;
    private readonly ManualTimeProvider time = new();
    private readonly List<EventRow> seen = [];
    private Journal? journal;
    private EventLog log = null!;

    public async ValueTask DisposeAsync()
    {
        if (journal is not null)
        {
            await journal.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("t.csv", ',')]
    [InlineData("t.tsv", '\t')]
    public async Task A_header_of_the_earlier_version_is_taken_until_the_time_agreed(string name, char separator)
    {
        var present = Open(Sample.TransactionsYaml + Country);
        var path = Write(name, $"{Header}\n1,2018-04-01T00:00:00Z,2,3,10\n2,2018-04-01T00:00:00Z,2,3,-1\n".Replace(',', separator));

        var taken = await ImportAsync(path);
        time.Advance(TimeSpan.FromSeconds(1));
        var refused = (await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(path))).Problem;

        Assert.Equal(new ImportProgress(2, 1, 1, 0), taken);
        Assert.Equal(1, log.Earlier.RowsOf("transactions"));
        Assert.True(seen[0].Row[present.Schema.IndexOf("country")].IsNull);
        Assert.Equal(10, seen[0].Row[4].AsNumber);
        Assert.Equal("amount", log.ReadQuarantine("transactions", default, 9)[0].Problems[0].Where!.Field);
        Assert.Equal("FLY3004", refused.Code);
        Assert.Contains("'country' is required and absent", refused.Message, StringComparison.Ordinal);
        Assert.Contains("version 1.0.0, which was accepted until 2026-03-01T12:00:01Z", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_that_fit_both_versions_are_judged_row_by_row()
    {
        Open(Sample.TransactionsYaml.Replace("maximum: 10000", "maximum: 5", StringComparison.Ordinal));
        var csv = Write("b.csv", $"{Header}\n1,2018-04-01T00:00:00Z,2,3,4\n2,2018-04-01T00:00:00Z,2,3,9\n3,2018-04-01T00:00:00Z,2,3,-9\n4,2018-04-01T00:00:00Z,2,3,5\n");

        Assert.Equal(new ImportProgress(4, 3, 1, 0), await ImportAsync(csv));

        Assert.Equal(1, log.Earlier.RowsOf("transactions"));
        Assert.Contains("at most 5", log.ReadQuarantine("transactions", default, 9)[0].Problems[0].Message, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new ImportProgress(2, 1, 1, 0), await ImportAsync(Write("c.csv", $"{Header}\n5,2018-04-01T00:00:00Z,2,3,9\n6,2018-04-01T00:00:00Z,2,3,4\n")));
    }

    [Fact]
    public async Task A_Parquet_file_of_the_earlier_version_is_taken_too()
    {
        var present = Open(Sample.TransactionsYaml + Country);
        var path = Path.Combine(folder, "t.parquet");
        using (var database = DuckDbDatabase.OpenInMemory())
        {
            using var connection = database.Connect();
            connection.Execute($"COPY (SELECT i AS transaction_id, TIMESTAMP '2018-04-01 00:00:00' AS event_time, 2 AS customer_id, 3 AS terminal_id, (i - 1)::DOUBLE AS amount FROM range(0, 4) t(i)) TO '{path}' (FORMAT parquet)");
        }

        Assert.Equal(new ImportProgress(4, 3, 1, 0), await ImportAsync(path));
        Assert.Equal(3, log.Earlier.RowsOf("transactions"));
        Assert.All(seen, r => Assert.True(r.Row[present.Schema.IndexOf("country")].IsNull));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("FLY3004", (await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(path))).Problem.Code);
    }

    [Fact]
    public async Task The_time_agreed_ends_in_the_middle_of_a_file_too()
    {
        Open(Sample.TransactionsYaml + Country);
        var path = Write("l.csv", Header + "\n" + string.Concat(Enumerable.Range(0, 80_000).Select(i => $"{i},2018-04-01T00:00:00Z,2,3,10\n")));

        var total = await ImportAsync(path, step => time.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(80_000, total.Accepted + total.Quarantined);
        Assert.InRange(total.Accepted, 8_192, 79_999);
        Assert.Equal("FLY3144", Assert.Single(log.ReadQuarantine("transactions", default, 1)[0].Problems).Code);
    }

    [Fact]
    public async Task What_became_personal_since_is_stored_as_personal()
    {
        var named = Sample.TransactionsYaml + "\n      - name: card\n        logicalType: string";
        var present = Open(named + "\n        classification: personal" + Country, Sample.Compile(named));
        var row = LogFixture.Transaction(2).Replace("}", ",\"card\":\"4711\"}", StringComparison.Ordinal);

        Assert.Equal(new ImportProgress(1, 1, 0, 0), await ImportAsync(Write("p.csv", $"{Header},card\n1,2018-04-01T00:00:00Z,2,3,10,4711\n")));
        Assert.Equal(new ImportProgress(1, 1, 0, 0), await ImportAsync(Write("p.ndjson", row)));

        Assert.Equal(2, log.Earlier.RowsOf("transactions"));
        Assert.All(seen, r => Assert.StartsWith("tok_", r.Row[present.Schema.IndexOf("card")].AsText, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_row_of_the_earlier_version_that_a_rule_puts_aside_is_not_counted_and_no_other_for_it()
    {
        const string Rule = "\n    quality: [ { type: custom, engine: flyball, implementation: 'amount <> 7' } ]";
        Open(Sample.TransactionsYaml + Country + Rule);
        var good = LogFixture.Transaction(2).Replace("}", ",\"country\":\"FR\"}", StringComparison.Ordinal);

        Assert.Equal(new ImportProgress(2, 1, 1, 0), await ImportAsync(Write("r.ndjson", LogFixture.Transaction(1, 7) + "\n" + good)));

        Assert.Equal(0, log.Earlier.RowsOf("transactions"));
    }

    [Fact]
    public async Task A_column_of_known_at_stands_beside_either_version()
    {
        Open(Sample.TransactionsYaml + Country);
        var csv = Write("k.csv", $"{Header},loaded\n1,2018-04-01T00:00:00Z,2,3,10,2018-04-02T00:00:00Z\n");
        var lines = Write("k.ndjson", LogFixture.Transaction(2).Replace("}", ",\"loaded\":\"2018-04-03T00:00:00Z\"}", StringComparison.Ordinal));

        Assert.Equal(1, (await ImportAsync(csv, knownAt: KnownAtPolicy.OfColumn("loaded"))).Accepted);
        Assert.Equal(1, (await ImportAsync(lines, knownAt: KnownAtPolicy.OfColumn("loaded"))).Accepted);

        Assert.Equal(["2018-04-02T00:00:00Z", "2018-04-03T00:00:00Z"], seen.Select(r => r.Stamp.KnownAt.ToString()));
    }

    private ContractPlan Open(string yaml, ContractPlan? before = null)
    {
        var present = Sample.Compile(yaml.Replace("version: 1.0.0", "version: 2.0.0", StringComparison.Ordinal) + Accepts);
        var earlier = EarlierContract.Join(present, before ?? Sample.Transactions, AcceptedVersion.Read(present)!);
        var contracts = new ContractSet([present]);
        journal = Journal.Open(Path.Combine(folder, "events"), new JournalOptions(), time);
        log = new EventLog(
            journal,
            contracts,
            tokens: Tokeniser.For(contracts, Path.Combine(folder, "keys")),
            earlier: new EarlierContracts(time, new Dictionary<string, EarlierContract> { ["transactions"] = earlier }));
        log.Subscribe(row =>
        {
            lock (seen)
            {
                seen.Add(row);
            }
        });
        log.Replay();
        return present;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private Task<ImportProgress> ImportAsync(string path, Action<ImportStep>? onProgress = null, KnownAtPolicy knownAt = default) =>
        EventImport.RunAsync(log, "transactions", path, knownAt, LogFixture.Tester, onProgress, TestContext.Current.CancellationToken);
}
