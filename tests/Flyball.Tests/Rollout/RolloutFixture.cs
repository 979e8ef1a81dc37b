using Flyball.Access;
using Flyball.Engine.Time;
using Flyball.Registry;
using Flyball.Rollout;
using Flyball.Serving;
using Flyball.Storage.Journals;
using Flyball.Tests.Registry;

namespace Flyball.Tests.Rollout;

/// <summary>A registry with two approved versions, the first deployed, and a prediction log to write simulated traffic into.</summary>
internal sealed class RolloutFixture : IAsyncDisposable
{
    public const string Model = RegistryFixture.Model;

    private readonly RolloutDefinition definition;
    private int requests;

    private RolloutFixture(RegistryFixture registry, RolloutDefinition definition)
    {
        Base = registry;
        this.definition = definition;
        Open();
    }

    public static Caller Operator { get; } = Caller.Local("op");

    public RegistryFixture Base { get; private set; }

    public TrafficPlans Traffic { get; private set; } = new();

    public Journal Predictions { get; private set; } = null!;

    public Deployments Deployments { get; private set; } = null!;

    public Rollouts Rollouts { get; private set; } = null!;

    public ModelRegistry Registry => Base.Registry;

    public TrafficPlan Plan => Traffic.For(Model)!;

    public static async Task<RolloutFixture> CreateAsync(RolloutDefinition? definition = null, bool deploy = true)
    {
        var fixture = new RolloutFixture(new RegistryFixture(), definition ?? RolloutDefinition.Default);
        await fixture.Base.ApprovedAsync(1);
        await fixture.Base.ApprovedAsync(2);
        Assert.Equal(deploy, deploy && (await fixture.Deployments.DeployAsync(Model, 1, Operator, default)).Ok);
        return fixture;
    }

    public async Task<RolloutRun> StartAsync(int version = 2)
    {
        var outcome = await Rollouts.StartAsync(Model, version, Operator, default);
        return outcome.Ok ? outcome.Rollout : throw new InvalidOperationException(outcome.Problems[0].Message);
    }

    public async Task<RolloutRun> LookAsync(string id) => (await Rollouts.EvaluateAsync(id, default)).Rollout;

    /// <summary>Closes everything and opens it again on the same folder, as after a crash, without restoring traffic yet.</summary>
    public async Task ReopenAsync()
    {
        await Predictions.DisposeAsync();
        Base = await Base.ReopenAsync();
        Traffic = new TrafficPlans();
        Open();
    }

    /// <summary>Serves requests of fresh units under the plan in force and looks after each hundred, until the rollout ends or they are used up.</summary>
    public async Task<(RolloutRun Run, int Served)> PlayAsync(string id, int seed, int count, double controlBad, double canaryBad, double canaryShift = 0, int canaryLatency = 1000)
    {
        var random = new Random(seed);
        var run = Rollouts.Find(id)!;
        for (var served = 0; served < count; served += 100)
        {
            var entries = new List<JournalEntry>();
            for (var i = 0; i < 100; i++)
            {
                var unit = $"unit-{seed}-{requests++}";
                var canary = Plan.Canary?.Takes(unit) == true;
                var bad = random.NextDouble() < (canary ? canaryBad : controlBad);
                var score = (random.NextDouble() * (1 - canaryShift)) + (canary ? canaryShift : 0);
                entries.Add(Entry(Record(unit, canary ? Arm.Canary : Arm.Control, bad, score, canary ? canaryLatency : 1000)));
            }

            await Predictions.AppendAsync(new JournalBatch(entries), default);
            run = await LookAsync(id);
            if (run.State != RolloutStates.Running)
            {
                return (run, served + 100);
            }
        }

        return (run, count);
    }

    public async Task AppendAsync(string unit, Arm arm, bool bad = false, PredictionRoute route = PredictionRoute.Predict) =>
        await Predictions.AppendAsync(new JournalBatch([Entry(Record(unit, arm, bad, 0.5, 1000) with { Route = route })]), default);

    public async ValueTask DisposeAsync()
    {
        await Predictions.DisposeAsync();
        await Base.DisposeAsync();
    }

    private static JournalEntry Entry(PredictionRecord record) => new(PredictionLog.Stream, PredictionCodec.Encode(record));

    private PredictionRecord Record(string unit, Arm arm, bool bad, double score, int latency)
    {
        var plan = Plan;
        var chosen = arm == Arm.Canary ? plan.Canary!.Version : plan.Champion;
        var answering = bad ? plan.Champion : chosen;
        return new PredictionRecord
        {
            RequestId = $"request-{unit}",
            Model = Model,
            Version = answering.Version,
            Digest = answering.Digest,
            ChosenVersion = chosen.Version,
            RolloutId = plan.Canary?.RolloutId,
            Arm = plan.Canary is null ? Arm.None : arm,
            Rung = bad ? Rung.Rule : Rung.Full,
            Unit = unit,
            Instant = Base.Time.Now,
            Horizon = new Horizon(0),
            Request = "{}"u8.ToArray(),
            Features = [],
            Raw = (float)score,
            Score = score,
            LatencyMicros = latency,
        };
    }

    private void Open()
    {
        Predictions = Journal.Open(Path.Combine(Base.Folder, "predictions"), new JournalOptions(), Base.Time);
        var versions = new LoadedVersions((v, _) => Task.FromResult(new ServedVersion(v.Model, v.Version, v.Digest, null!, null!, null!)), _ => { }, Base.Time);
        Deployments = new Deployments(Base.Catalog, Base.Registry, Traffic, Base.Trail, versions, Base.Time);
        Rollouts = new Rollouts(Deployments, Predictions, _ => definition);
    }
}
