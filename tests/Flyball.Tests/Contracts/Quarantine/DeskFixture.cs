using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Corrections;
using Flyball.Contracts.Holds;
using Flyball.Contracts.Quarantine;
using Flyball.Storage.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Contracts.Quarantine;

/// <summary>A log with an audit log beside it, and the desks where people decide; over HTTP when asked.</summary>
internal sealed class DeskFixture : IAsyncDisposable
{
    private const string Origin = "test.example/audit";

    private readonly AuditLog audit;
    private WebApplication? app;

    public DeskFixture(params ContractPlan[] plans)
    {
        Logs = new LogFixture(plans);
        audit = AuditLog.Open(Path.Combine(Logs.Folder, "audit"), Origin, AuditKey.LoadOrCreate(Path.Combine(Logs.Folder, "keys"), Origin), TimeProvider.System);
    }

    public LogFixture Logs { get; }

    public EventLog Log => Logs.Log;

    public QuarantineDesk Desk => new(Log, audit);

    public HoldDesk Holds => new(Log, audit);

    public RetractionDesk Retractions => new(Log, audit);

    public List<JsonObject> Audited => [.. audit.Read(0, 1_000).Select(l => l.ToJson())];

    /// <summary>What the host writes to its log.</summary>
    public List<string> Said { get; } = [];

    public Task<DecidedRows> ReleaseAsync(params long[] seqs) => Desk.ReleaseAsync("transactions", new RowSelection(seqs), LogFixture.Tester, "it is good", default);

    public Task<DecidedRows> DiscardAsync(params long[] seqs) => Desk.DiscardAsync("transactions", new RowSelection(seqs), LogFixture.Tester, "it is bad", default);

    /// <summary>Positions of open rows in quarantine.</summary>
    public List<long> Open(string source = "transactions") => Log.StateOf(source)!.Quarantine.After(0, 1_000, QuarantineState.Open);

    /// <param name="keys">Who may call; none lets everybody in.</param>
    public async Task<HttpClient> ServeAsync(params ApiKey[] keys)
    {
        app = await ContractsHost.StartAsync(services => services.AddSingleton(Log).AddSingleton(Desk).AddSingleton(Holds).AddSingleton(Retractions), keys, new Recorder(Said));
        return app.GetTestClient();
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        await audit.DisposeAsync();
        await Logs.DisposeAsync();
    }

    private sealed class Recorder(List<string> said) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (said)
            {
                said.Add(formatter(state, exception) + exception);
            }
        }

        public void Dispose()
        {
        }
    }
}
