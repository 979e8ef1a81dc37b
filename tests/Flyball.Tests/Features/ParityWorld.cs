using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Corrections;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features;
using Flyball.Storage.Audit;
using Flyball.Storage.Journals;
using Flyball.Storage.Lakes;
using Flyball.Tests.Contracts;
using Flyball.Tests.Time;

namespace Flyball.Tests.Features;

/// <summary>
/// A live system of one source: random payments go through the real event log while vectors are read online at random
/// instants and horizons. What was read is kept, to be read again through the lake.
/// </summary>
internal sealed class ParityWorld : IAsyncDisposable
{
    private const int Customers = 4;
    private const int Terminals = 3;

    private readonly Random random;
    private readonly ManualTimeProvider time = new();
    private readonly List<EventTime> instants = [];
    private readonly List<(long Id, EventTime At, int Customer, int Terminal)> sent = [];
    private readonly ContractPlan contract;
    private readonly AuditLog audit;
    private long nextId = 1;

    /// <param name="seed">Another seed is another world.</param>
    /// <param name="corrected">Some rows are corrected, and some taken back, a while after they came.</param>
    public ParityWorld(int seed, bool corrected = false)
    {
        random = new Random(seed);
        contract = corrected ? Sample.Correctable : Sample.Transactions;
        audit = AuditLog.Open(Path.Combine(Folder, "audit"), "test.example/audit", AuditKey.LoadOrCreate(Path.Combine(Folder, "keys"), "test.example/audit"), time);
        Plans = SampleViews.Compile(contract, SampleViews.Customer, SampleViews.Terminal, SampleViews.Request);
        Vector = SampleViews.Vector(Plans, "request.*", "customer.*", "terminal.*");
        Online = new OnlineFeatures(Plans);
        Journal = Open();
        Events = new EventLog(Journal, new ContractSet([contract]));
        Online.SubscribeTo(Events);
        Events.Replay();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("flyball-parity-").FullName;

    public FeaturePlans Plans { get; }

    public FeatureVectorPlan Vector { get; }

    public OnlineFeatures Online { get; }

    public Journal Journal { get; }

    public EventLog Events { get; }

    public ContractPlan Contract => contract;

    /// <summary>What was read online, with the instant and the horizon it was read at.</summary>
    public List<(Value[] Request, EventTime Instant, Horizon Horizon, Value[] Vector)> Readings { get; } = [];

    /// <summary>How many rows correct another one.</summary>
    public int Corrections { get; private set; }

    /// <summary>How many rows were taken back.</summary>
    public int Retractions { get; private set; }

    /// <summary>How many rows became known after a row that happened later.</summary>
    public int LateRows { get; private set; }

    public string LakeFolder => Path.Combine(Folder, "lake");

    public string JournalFolder => Path.Combine(Folder, "events");

    public EventTime Now => time.Now;

    public async Task LiveAsync(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            // Sometimes the clock stands still, so that rows share what time they have.
            time.Advance(TimeSpan.FromMinutes(random.Next(4) == 0 ? 0 : random.Next(240)));
            await IngestAsync();
            ReadOnce(time.Now, Events.Applied);
            ReadOnce(Near(), new Horizon(random.NextInt64(Events.Applied.Seq + 1)));
        }
    }

    public static Value[] Evaluate(FeatureVectorPlan vector, IFeatureState state, Value[] request, EventTime instant, Horizon horizon)
    {
        var values = new Value[vector.Columns.Count];
        vector.Evaluate(state, request, instant, horizon, new Value[vector.ScratchWidth], values);
        return values;
    }

    /// <summary>The offline path: the lake extended in two steps, read back and folded.</summary>
    /// <param name="alter">Stands for damage: may change a row on its way.</param>
    public OfflineFeatures Offline(Func<RowStamp, Value[], Value[]>? alter = null)
    {
        var offline = new OfflineFeatures(Plans);
        EventLake.Read(LakeFolder, Extend(), contract, (stamp, identity, row) =>
        {
            foreach (var view in Plans.EntityViews)
            {
                offline.Add(view, stamp, identity, alter?.Invoke(stamp, row) ?? row);
            }
        });
        return offline;
    }

    public LakeManifest Extend()
    {
        using var lake = Lake.Open(LakeFolder);
        if (lake.HorizonOf("transactions").Seq == 0)
        {
            EventLake.Extend(Journal, lake, [contract], new Horizon(Events.Applied.Seq / 2));
        }

        return EventLake.Extend(Journal, lake, [contract], Events.Applied)[0];
    }

    /// <summary>Readings that a state gives other bits for.</summary>
    public int Differences(IFeatureState state) =>
        Readings.Count(r => !Evaluate(Vector, state, r.Request, r.Instant, r.Horizon).SequenceEqual(r.Vector));

    public Journal Open() => Journal.Open(JournalFolder, new JournalOptions(), time);

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        await audit.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task IngestAsync()
    {
        using var batch = Events.NewBatch("transactions")!;
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = Near();
            LateRows += instants.Exists(t => t.Micros > at.Micros) ? 1 : 0;
            instants.Add(at);
            var row = (Id: nextId++, At: at, Customer: random.Next(Customers), Terminal: random.Next(Terminals));
            sent.Add(row);
            batch.AddJson(Encoding.UTF8.GetBytes(Json(row)));
        }

        for (var i = contract.TakesCorrections ? random.Next(3) : 0; i > 0; i--)
        {
            // Another amount, and sometimes another time, than were sent before.
            var wrong = sent[random.Next(sent.Count)];
            batch.AddJson(Encoding.UTF8.GetBytes(Json(wrong with { At = random.Next(2) == 0 ? Near() : wrong.At })));
        }

        var outcome = await Events.IngestAsync(batch, new IngestTerms(Caller.Local(), random.Next(3) == 0 ? KnownAtPolicy.EventTime : KnownAtPolicy.Assigned), default);
        Assert.Equal(batch.Received, outcome.Report?.Accepted);
        Corrections += outcome.Report!.Corrections;
        if (contract.TakesCorrections && random.Next(4) == 0)
        {
            var report = await new RetractionDesk(Events, audit).RetractAsync(
                "transactions", [JsonNode.Parse(Json(sent[random.Next(sent.Count)]))!.AsObject()], Caller.Local(), "never was", default);
            Retractions += report.Retracted;
        }
    }

    private string Json((long Id, EventTime At, int Customer, int Terminal) row) => FormattableString.Invariant(
        $$"""{"transaction_id":{{row.Id}},"event_time":"{{row.At}}","customer_id":{{row.Customer}},"terminal_id":{{row.Terminal}},"amount":{{random.NextDouble() * 100:R}}}""");

    /// <summary>Now, the very instant of an earlier row, or up to ten days ago.</summary>
    private EventTime Near() => random.Next(4) switch
    {
        0 => time.Now,
        1 when instants.Count > 0 => instants[random.Next(instants.Count)],
        _ => new EventTime(time.Now.Micros - random.NextInt64(10 * Clock.MicrosPerDay)),
    };

    private void ReadOnce(EventTime instant, Horizon horizon)
    {
        Value[] request =
        [
            Value.FromInteger(0), Value.FromTimestamp(instant), Value.FromInteger(random.Next(Customers + 1)), Value.FromInteger(random.Next(Terminals + 1)),
            Value.FromNumber(random.NextDouble() * 100),
        ];
        Readings.Add((request, instant, horizon, Evaluate(Vector, Online, request, instant, horizon)));
    }
}
