using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Projects;
using Flyball.Serving;
using Flyball.Serving.Admission;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Tests.Serving;

/// <summary>
/// The serving path over a real log and real bundles. A version's score rises with the amount, by its number: so a score tells
/// which version gave it.
/// </summary>
internal sealed class ServingFixture : IAsyncDisposable, IBundleSource
{
    public const string Model = "fraud";

    private readonly Dictionary<Digest, ModelBundle> bundles = [];
    private readonly List<ServedVersion> loaded = [];
    private int requests;

    public ServingFixture(string fallback = "[ previous-version, { rule: \"if(amount > 200, 0.6, 0.05)\" } ]", Action<FraudProject>? change = null)
    {
        var project = new FraudProject();
        change?.Invoke(project);
        World = new ProjectWorkspace(project
            .Replace("models/fraud.yaml", "[ \"transaction.*\", \"customer_activity.*\", \"terminal_risk.*\" ]", "[ transaction.amount, transaction.is_night, customer_activity.count_7d, customer_activity.count_30d, terminal_risk.count_28d ]")
            .Replace("models/fraud.yaml", "[ previous-version, { rule: \"if(amount > 200, 0.6, 0.05)\" } ]", fallback));
        Log = new PredictionLog(World.Workspace.Predictions);
        Predictor = new Predictor(World.Events, World.Online, Traffic, World.Time);
        Desk = new PredictionDesk(Predictor, Log, new RequestIds(7), new ModelAdmission(World.Time), World.Time);
        var problems = new ProblemList();
        Predictor.Configure(new Dictionary<string, ServeDefinition> { [Model] = ServeDefinition.Read(World.Model, problems) });
        Assert.Empty(problems);
        Project = new ActiveProject(World.Plan);
        Reproduction = new Reproduction(World.Workspace, World.Events, Project, this);
    }

    public ProjectWorkspace World { get; }

    public ActiveProject Project { get; }

    public TrafficPlans Traffic { get; } = new();

    public PredictionLog Log { get; }

    public Predictor Predictor { get; }

    public PredictionDesk Desk { get; }

    public Reproduction Reproduction { get; }

    /// <summary>What came of the last request.</summary>
    public DeskAnswer Answer { get; private set; }

    /// <summary>The limit that callers state.</summary>
    public long? TimeoutMicros { get; set; }

    public static EventTime Noon { get; } = EventTime.From(new DateTimeOffset(2018, 5, 1, 12, 0, 0, TimeSpan.Zero));

    public ServedVersion Version(int number) => Load(number, number * 0.001f);

    /// <summary>A version whose model answers what is not a number.</summary>
    public ServedVersion Broken(int number) => Load(number, float.NaN);

    /// <summary>A version whose runtime throws.</summary>
    public ServedVersion Unloaded(int number)
    {
        var version = Version(number);
        version.Scorer.Dispose();
        loaded.Remove(version);
        return version;
    }

    public PredictionRecord? Predict(TrafficPlan plan, decimal amount = 100, long customer = 1, EventTime? at = null)
    {
        Traffic.Swap(plan);
        var contract = plan.Champion.Vector.Request;
        var row = new Value[contract.Schema.Fields.Count];
        var id = ++requests;
        Assert.Empty(RowCodec.Of(contract).Read(Encoding.UTF8.GetBytes(ProjectWorkspace.Payment(id, at ?? Noon, customer, 1, amount)), row));
        Answer = Desk.AnswerAsync(plan, new[] { RequestRow.Of(plan, row) }, new PredictionTerms(PredictionRoute.Predict, World.Time.GetTimestamp(), "tester", TimeoutMicros), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return Answer.Records.SingleOrDefault();
    }

    public static double Score(int version, double amount = 100) => 1 / (1 + Math.Exp(-version * 0.001 * amount));

    public ModelBundle Read(Digest digest) => bundles[digest];

    public async ValueTask DisposeAsync()
    {
        foreach (var version in loaded)
        {
            version.Scorer.Dispose();
        }

        await World.DisposeAsync();
    }

    private ServedVersion Load(int number, float weight)
    {
        var bundle = LinearBundle.Of(World.Model, number, weight);
        bundles[bundle.Digest] = bundle;
        var version = VersionLoader.Load(bundle, number, World.Plan);
        loaded.Add(version);
        return version;
    }
}
