using System.Text;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Quality;
using Flyball.Engine.Identity;
using Flyball.Storage.Journals;

namespace Flyball.Tests.Contracts;

/// <summary>An event log in a folder of its own, that can be closed and opened again.</summary>
internal sealed class LogFixture : IAsyncDisposable
{
    public static readonly Caller Tester = Caller.Local("tester");

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-").FullName;
    private ContractSet contracts;

    private readonly TimeProvider time;
    private readonly ContractMetrics? metrics;

    public LogFixture(params ContractPlan[] plans)
        : this(TimeProvider.System, plans)
    {
    }

    public LogFixture(TimeProvider time, params ContractPlan[] plans)
        : this(time, null, plans)
    {
    }

    public LogFixture(TimeProvider time, ContractMetrics? metrics, params ContractPlan[] plans)
    {
        this.time = time;
        this.metrics = metrics;
        contracts = new ContractSet(plans.Length == 0 ? [Sample.Transactions, Sample.Everything, Sample.Keyless] : plans);
        Open();
    }

    public Journal Journal { get; private set; } = null!;

    public EventLog Log { get; private set; } = null!;

    public ReplayReport Replayed { get; private set; } = null!;

    /// <summary>Every row a subscriber saw since the log was opened.</summary>
    public List<EventRow> Seen { get; } = [];

    public string Folder => folder;

    public async Task ReopenAsync()
    {
        await Journal.DisposeAsync();
        Open();
    }

    /// <summary>Closes it, lets somebody change its files, and opens it again.</summary>
    public async Task ReopenAsync(Action between)
    {
        await Journal.DisposeAsync();
        between();
        Open();
    }

    /// <summary>Opens it again under other contracts.</summary>
    public Task ReopenAsync(params ContractPlan[] plans)
    {
        contracts = new ContractSet(plans);
        return ReopenAsync();
    }

    public Task<IngestOutcome> IngestAsync(string source, params string[] rows) => IngestAsync(source, null, rows);

    public async Task<IngestOutcome> IngestAsync(string source, string? key, string[] rows, KnownAtPolicy knownAt = default)
    {
        using var batch = Log.NewBatch(source)!;
        foreach (var row in rows)
        {
            batch.AddJson(Encoding.UTF8.GetBytes(row));
        }

        return await Log.IngestAsync(batch, new IngestTerms(Tester, knownAt, key, Digest.Of(string.Join('\n', rows))), default);
    }

    /// <summary>Sends rows that a rule of the batch holds.</summary>
    public async Task<IngestOutcome> HoldAsync(string source, string[] rows, string? name = null, KnownAtPolicy knownAt = default, string? key = null)
    {
        using var batch = Log.NewBatch(source)!;
        foreach (var row in rows)
        {
            batch.AddJson(Encoding.UTF8.GetBytes(row));
        }

        return await Log.IngestAsync(batch, new IngestTerms(Tester, knownAt, key, Digest.Of(string.Join('\n', rows))), Held, name, default);
    }

    public static BatchVerdict Held { get; } = new([new Finding("volume", null, RuleOutcome.Hold, "error", "The batch has 3 times the usual rows.", 3, 1.5)]);

    public static string Transaction(long id, double amount = 10) =>
        FormattableString.Invariant($$"""{"transaction_id":{{id}},"event_time":"2018-04-01T00:00:00Z","customer_id":{{id % 7}},"terminal_id":1,"amount":{{amount}}}""");

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private void Open()
    {
        Journal = Journal.Open(Path.Combine(folder, "events"), new JournalOptions(), time);
        Log = new EventLog(Journal, contracts, metrics, tokens: Tokeniser.For(contracts, Path.Combine(folder, "keys")), time: time);
        Seen.Clear();
        Log.Subscribe(row =>
        {
            lock (Seen)
            {
                Seen.Add(row);
            }
        });
        Replayed = Log.Replay();
    }
}
