using System.Text;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Versions;
using Flyball.Engine.Problems;
using Flyball.Storage.Journals;
using Flyball.Tests.Time;

namespace Flyball.Tests.Contracts.Versions;

/// <summary>Rows of an earlier version beside the present one, for a declared time.</summary>
public sealed class EarlierContractTests : IAsyncDisposable
{
    private const string Accepts = "\ncustomProperties: [ { property: accepts, value: { version: 1.0.0, until: 2026-03-01T12:00:01Z } } ]";
    private const string Required = "\n      - name: country\n        logicalType: string\n        required: true";

    private static readonly ContractPlan Next = Sample.Compile(Sample.TransactionsYaml.Replace("version: 1.0.0", "version: 2.0.0", StringComparison.Ordinal) + Required + Accepts);

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-").FullName;
    private readonly ManualTimeProvider time = new();
    private readonly Journal journal;
    private readonly EventLog log;
    private readonly List<EventRow> seen = [];

    public EarlierContractTests()
    {
        journal = Journal.Open(Path.Combine(folder, "events"), new JournalOptions(), time);
        var earlier = EarlierContract.Join(Next, Sample.Transactions, AcceptedVersion.Read(Next)!);
        log = new EventLog(journal, new ContractSet([Next]), earlier: new EarlierContracts(time, new Dictionary<string, EarlierContract> { ["transactions"] = earlier }));
        log.Subscribe(row =>
        {
            lock (seen)
            {
                seen.Add(row);
            }
        });
        log.Replay();
    }

    public async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task ARowOfTheEarlierVersion_IsTakenUntilTheTimeAgreed_AndCountedApart()
    {
        var before = await IngestAsync(LogFixture.Transaction(1));
        time.Advance(TimeSpan.FromSeconds(1));
        var after = await IngestAsync(LogFixture.Transaction(2));

        Assert.Equal((1, 0), (before.Accepted, before.Quarantined));
        Assert.Equal((0, 1), (after.Accepted, after.Quarantined));
        Assert.Equal(1, log.Earlier.RowsOf("transactions"));
        Assert.True(seen[0].Row[Next.Schema.IndexOf("country")].IsNull);
        Assert.Equal(10, seen[0].Row[Next.Schema.IndexOf("amount")].AsNumber);
    }

    [Fact]
    public async Task ARowOfThePresentVersion_IsNotCountedApart_AndABrokenOneIsRefused()
    {
        var present = await IngestAsync(LogFixture.Transaction(3).Replace("}", ",\"country\":\"FR\"}", StringComparison.Ordinal));
        var broken = await IngestAsync(LogFixture.Transaction(4, amount: -1));

        Assert.Equal(1, present.Accepted);
        Assert.Equal(1, broken.Quarantined);
        Assert.Equal(0, log.Earlier.RowsOf("transactions"));
    }

    [Fact]
    public async Task AnEarlierRowSentAgain_IsADuplicate()
    {
        await IngestAsync(LogFixture.Transaction(5));
        var again = await IngestAsync(LogFixture.Transaction(5));

        Assert.Equal(1, again.Duplicates);
        Assert.Equal(1, log.Earlier.RowsOf("transactions"));
    }

    [Fact]
    public void AVersionThatCannotBeStored_IsRefused()
    {
        var accepted = AcceptedVersion.Read(Next)!;
        var otherType = Sample.Compile(Sample.TransactionsYaml.Replace("- name: terminal_id\n        logicalType: integer", "- name: terminal_id\n        logicalType: string", StringComparison.Ordinal));
        var keyless = Sample.Compile(Sample.TransactionsYaml.Replace("- name: transaction_id", "- name: old_id", StringComparison.Ordinal));

        var unkeyed = Sample.Compile(Sample.TransactionsYaml.Replace("        primaryKey: true\n        primaryKeyPosition: 1\n", "", StringComparison.Ordinal));
        var dated = Sample.Compile(Sample.TransactionsYaml.Replace("        logicalType: timestamp\n", "        logicalType: date\n", StringComparison.Ordinal));

        Assert.Equal("FLY1271", Refusal(() => EarlierContract.Join(Next, null, accepted)));
        Assert.Equal("FLY1271", Refusal(() => EarlierContract.Join(Next, Next, accepted)));
        Assert.Equal("FLY1272", Refusal(() => EarlierContract.Join(Next, unkeyed, accepted)));
        Assert.Equal("FLY1272", Refusal(() => EarlierContract.Join(Next, dated, accepted)));
        Assert.Equal("FLY1272", Refusal(() => EarlierContract.Join(Next, otherType, accepted)));
        Assert.Equal("FLY1272", Refusal(() => EarlierContract.Join(Next, keyless, accepted)));
        Assert.Equal("FLY1270", Refusal(() => AcceptedVersion.Read(Sample.Compile(Sample.TransactionsYaml + Accepts.Replace("version: 1.0.0,", "version: 1.0.0, since: 2026-01-01T00:00:00Z,", StringComparison.Ordinal)))));
        Assert.Equal("FLY1270", Refusal(() => AcceptedVersion.Read(Sample.Compile(Sample.TransactionsYaml + Accepts.Replace("until: 2026-03-01T12:00:01Z", "until: tomorrow", StringComparison.Ordinal)))));
    }

    private static string Refusal(Func<object?> act) => Assert.Throws<FlyballException>(() => act()).Problem.Code;

    private async Task<IngestReport> IngestAsync(string row)
    {
        using var batch = log.NewBatch("transactions")!;
        batch.AddJson(Encoding.UTF8.GetBytes(row));
        var outcome = await log.IngestAsync(batch, new IngestTerms(Caller.Local("tester"), KnownAtPolicy.Assigned), TestContext.Current.CancellationToken);
        return outcome.Report!;
    }
}
