using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Odcs;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Registry;
using Flyball.Registry.Attestations;
using Flyball.Registry.Ledger;
using Flyball.Rollout;
using Flyball.Storage.Audit;
using Flyball.Storage.Blobs;
using Flyball.Storage.Catalogs;
using Flyball.Tests.Time;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Jobs;
using Flyball.Training.Onnx;
using Flyball.Training.Tasks;

namespace Flyball.Tests.Registry;

/// <summary>A real catalog, blob store and audit log in a folder of their own, and a registry over them.</summary>
internal sealed class RegistryFixture : IAsyncDisposable
{
    public const string Model = "fraud";

    private readonly AuditLog audit;

    public RegistryFixture(string? directory = null, ManualTimeProvider? time = null)
    {
        Time = time ?? new ManualTimeProvider();
        Folder = directory ?? Directory.CreateTempSubdirectory("flyball-registry-").FullName;
        Catalog = Catalog.Open(Path.Combine(Folder, "catalog.db"), [.. RegistryTables.Migrations, .. RolloutTables.Migrations, .. AttestationTables.Migrations]);
        Blobs = BlobStore.Open(Path.Combine(Folder, "blobs"));
        audit = AuditLog.Open(Path.Combine(Folder, "audit"), "test.example/audit", AuditKey.LoadOrCreate(Path.Combine(Folder, "keys"), "test.example/audit"), Time);
        Trail = new AuditTrail(audit);
        Attestor = new Attestor(Catalog, SigningKey.LoadOrCreate(Path.Combine(Folder, "model-keys")), Time);
        Registry = new ModelRegistry(Catalog, Blobs, Trail, Time, [new TrafficUses(Catalog, Time)]) { Signer = Attestor };
    }

    public string Folder { get; }

    public ManualTimeProvider Time { get; }

    public Catalog Catalog { get; }

    public BlobStore Blobs { get; }

    public AuditTrail Trail { get; }

    public Attestor Attestor { get; }

    public ModelRegistry Registry { get; }

    public static Caller Author { get; } = Caller.Local("ann");

    public static Caller Approver { get; } = Caller.Local("bob");

    public static RowSchema Request { get; } = Plan([]).Vector.Request.Schema;

    /// <summary>What was decided, in order; the ledger's heads between are left out.</summary>
    public List<JsonObject> AuditLines() => [.. audit.Read(0, 10_000).Select(l => l.ToJson()).Where(l => (string)l["action"]! != LedgerHead.Action)];

    /// <summary>The decisions on an action, in order.</summary>
    public List<string> Decisions(string action) =>
        [.. AuditLines().Where(l => l["action"]!.GetValue<string>() == action).Select(l => l["decision"]!.GetValue<string>())];

    /// <summary>A model whose requests have an amount, with the given gates.</summary>
    public static ModelPlan Plan(IReadOnlyList<string> gates, string risk = "low", string more = "")
    {
        var problems = new ProblemList();
        var contract = ContractCompiler.Compile(YamlSection.Parse("contracts/transactions.odcs.yaml", """
            apiVersion: v3.1.0
            kind: DataContract
            id: transactions
            version: 1.0.0
            status: active
            schema:
              - name: transactions
                properties:
                  - { name: transaction_id, logicalType: integer, required: true, primaryKey: true }
                  - { name: event_time, logicalType: timestamp, required: true, customProperties: [ { property: eventTime, value: true } ] }
                  - { name: amount, logicalType: number, required: true }
                  - { name: country, logicalType: string }
            """, problems)!);
        Assert.Empty(problems);
        var list = string.Concat(gates.Select(g => $"  - \"{g}\"\n"));
        var root = YamlSection.Parse("models/fraud.yaml", $"model: fraud\n{(gates.Count > 0 ? $"gates:\n{list}" : "")}{more}", problems)!;
        var definition = new ModelDefinition(
            Model, "binary-classification", null, risk, "transactions", new Dictionary<string, string>(),
            new LabelDefinition("fraud_reports", "transaction_id", null, 1, 0), [], new SplitDefinition(1, 1, 1, 1),
            new TrainerDefinition("xgboost", new Dictionary<string, double>(), 1), null,
            [new DecisionDefinition("block", "score >= 0.87"), new DecisionDefinition("allow", "otherwise")], root.ToJson(), root);
        var features = FeaturePlans.Compile([], new Dictionary<string, ContractPlan> { ["transactions"] = contract! }, problems);
        var vector = FeatureVectorPlan.Compile(features, contract!, [], new Dictionary<string, string>(), root.Where, problems)!;
        return new ModelPlan(definition, vector, contract!, 0, 0, 0) { Labels = new LabelReader(ModelTasks.Binary, "fraud_reports", null, []), Encodings = [], GroupIndex = 0 };
    }

    /// <summary>A bundle that nobody can run, told apart by its number.</summary>
    public static ModelBundle Bundle(int number) => ModelBundle.Create(new Dictionary<string, byte[]>
    {
        [ModelBundle.ManifestName] = Manifest(number).Write(),
        [ModelBundle.OnnxName] = [(byte)number, (byte)(number >> 8)],
    });

    /// <summary>A bundle as training makes them, with a model that runs and a golden row that it gives.</summary>
    /// <param name="golden">What the golden row says; the model gives one half and a hundredth of the number.</param>
    public static ModelBundle Whole(int number, float? golden = null)
    {
        var add = number / 100f;
        using var builder = new OnnxModelBuilder("half");
        var members = BundleMembers.Required.ToDictionary(name => name, _ => "{}"u8.ToArray(), StringComparer.Ordinal);
        var score = golden ?? 0.5f + add;
        members[ModelBundle.ManifestName] = (Manifest(number) with { Format = ModelManifest.CurrentFormat, GoldenRows = 1 }).Write();
        members[ModelBundle.OnnxName] = builder.Input("features", -1, 1).Output("score", -1, 1).Constant("more", [add], 1).Node("Add", "", ["features", "more"], ["score"]).Build();
        members[BundleMembers.Signature] = "{\"vector\":[{\"type\":\"number\"}]}"u8.ToArray();
        members[ModelBundle.GoldenName] = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":1,\"vector\":[0.5],\"raw\":{score:R},\"score\":{(double)score:R}}}\n"));
        return ModelBundle.Create(members);
    }

    private static ModelManifest Manifest(int number) => new()
    {
        Model = Model,
        Task = "binary-classification",
        RunId = Digest.Of($"run {number}").Hex,
        PredictOn = "transactions",
        RequestContract = Digest.Of("contract").Hex,
        Features = [new ManifestFeature("transaction.amount", Digest.Of("amount").Hex, 1)],
        Inputs = ["amount"],
        Gates = [],
        Decide = [],
        Definition = [],
        Reference = new ReferenceProfile([], FrozenProfile.Of([0.5]), 1),
        PackagingDifference = 0,
    };

    /// <summary>Rows on which a model with the given skill is judged: 0 guesses, 1 ranks almost perfectly.</summary>
    public static FrozenEvaluation Evaluation(double skill, double? champion = null, string? championDigest = null, int rows = 2000)
    {
        var random = new Random(11);
        var labels = new double[rows];
        var candidate = new double?[rows];
        var other = new double?[rows];
        var amount = new double?[rows];
        for (var i = 0; i < rows; i++)
        {
            labels[i] = random.NextDouble() < 0.1 ? 1 : 0;
            var noise = random.NextDouble();
            var otherNoise = random.NextDouble();
            candidate[i] = (skill * (0.05 + (0.9 * labels[i]))) + ((1 - skill) * noise);
            other[i] = champion is { } c ? (c * (0.05 + (0.9 * labels[i]))) + ((1 - c) * otherNoise) : null;
            amount[i] = i;
        }

        return new FrozenEvaluation
        {
            Seq = [.. Enumerable.Range(1, rows).Select(i => (long)i)],
            Labels = labels,
            Candidate = candidate,
            Champion = champion is null ? null : other,
            ChampionDigest = championDigest ?? (champion is null ? null : "c"),
            Columns = new Dictionary<string, double?[]> { ["amount"] = amount },
            Proof = new FeatureProof(500, 5000, 0, [], 1),
        };
    }

    /// <summary>Registers and approves a version that passes.</summary>
    public async Task<ModelVersion> ApprovedAsync(int number, ModelBundle? bundle = null)
    {
        var evaluation = Evaluation(0.9, championDigest: Registry.Champion(Model)?.Digest.Hex);
        var registered = await Registry.RegisterBundleAsync(Plan(["average_precision >= 0.5"]), bundle ?? Bundle(number), evaluation, Author, default);
        Assert.Equal(VersionStates.Registered, registered.Version!.State);
        var approved = await Registry.ApproveAsync(Model, registered.Version.Version, Approver, "looks good", false, default);
        return approved.Version!;
    }

    /// <summary>Registers a version from outside under a name of its own, making the model when it is not there.</summary>
    public async Task<VersionRecord> OutsideAsync(string model, string source = "mlflow-artifacts:/1/r/artifacts/model", string? key = null, params SealedFile[] files)
    {
        await Registry.Names.CreateAsync(new ModelDraft(model), Author, default);
        var made = await Registry.Outside.CreateAsync(new VersionDraft(model, source, files) { RunId = "r", IdempotencyKey = key }, Author, default);
        Assert.Empty(made.Problems);
        return made.Value!;
    }

    /// <summary>Closes everything and opens it again on the same folder and clock.</summary>
    public async Task<RegistryFixture> ReopenAsync()
    {
        await CloseAsync();
        return new RegistryFixture(Folder, Time);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task CloseAsync()
    {
        await audit.DisposeAsync();
        await Catalog.DisposeAsync();
    }
}
