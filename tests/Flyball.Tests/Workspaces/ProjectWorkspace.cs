using System.Globalization;
using System.Text;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Privacy;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Server.Simulation;
using Flyball.Storage.Lakes;
using Flyball.Tests.Time;
using Flyball.Training;
using Flyball.Training.Datasets;
using Flyball.Workspaces;

namespace Flyball.Tests.Workspaces;

/// <summary>The fraud example with a data directory of its own: event log, online features and lake, without HTTP.</summary>
internal sealed class ProjectWorkspace : IAsyncDisposable
{
    private const int BatchRows = 1000;

    public ProjectWorkspace(FraudProject project)
    {
        Project = project;
        Plan = Load(project);
        Workspace = Workspace.Open(project["data"], Time, [.. TrainingTables.Migrations, .. Flyball.Registry.RegistryTables.Migrations]);
        Online = new OnlineFeatures(Plan.Features);
        Events = new EventLog(Workspace.Events, Plan.ContractSet, tokens: Tokeniser.For(Plan.ContractSet, Workspace.Directory.Keys));
        Events.Subscribe(Online.Apply);
        Events.Replay();
    }

    public FraudProject Project { get; }

    public ManualTimeProvider Time { get; } = new();

    public ProjectPlan Plan { get; }

    public ModelPlan Model => Plan.Models["fraud"];

    public Workspace Workspace { get; }

    public EventLog Events { get; }

    public OnlineFeatures Online { get; }

    public string LakeFolder => Workspace.Directory.Lake;

    public static ProjectPlan Load(FraudProject project)
    {
        var plan = ProjectPlan.Load(project.Folder, out var problems);
        Assert.Empty(problems);
        return plan!;
    }

    public static string Payment(long id, EventTime at, long customer, long terminal, decimal amount) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"transaction_id":{{id}},"event_time":"{{at}}","customer_id":{{customer}},"terminal_id":{{terminal}},"amount":{{amount}}}""");

    public static string Report(long id, EventTime at, int isFraud = 1) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"transaction_id":{{id}},"event_time":"{{at}}","is_fraud":{{isFraud}}}""");

    /// <summary>History: each row was known as soon as it was true.</summary>
    public async Task IngestAsync(string source, params IEnumerable<string> rows)
    {
        foreach (var block in rows.Chunk(BatchRows))
        {
            using var batch = Events.NewBatch(source)!;
            foreach (var row in block)
            {
                batch.AddJson(Encoding.UTF8.GetBytes(row));
            }

            var outcome = await Events.IngestAsync(batch, new IngestTerms(Caller.Local(), KnownAtPolicy.EventTime), default);
            Assert.Equal(block.Length, outcome.Report?.Accepted);
        }
    }

    public async Task IngestAsync(FraudSimulation simulation)
    {
        var simulator = new FraudSimulator(simulation);
        await IngestAsync("transactions", simulator.Transactions().Select(t => Payment(t.TransactionId, t.EventTime, t.CustomerId, t.TerminalId, t.Amount)));
        await IngestAsync("fraud_reports", simulator.Reports().Select(r => Report(r.TransactionId, r.EventTime)));
    }

    /// <summary>The tables the model needs, as they stand now or stood at a horizon.</summary>
    public IReadOnlyList<LakeManifest> Tables(Horizon? upTo = null) =>
        EventLake.Extend(Workspace.Events, Workspace.Lake, TrainingSetBuilder.SourcesOf(Model), upTo ?? Events.Applied);

    public async ValueTask DisposeAsync()
    {
        await Workspace.DisposeAsync();
        Project.Dispose();
    }
}
