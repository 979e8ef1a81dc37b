using System.Text.Json.Nodes;
using Flyball.Monitoring;
using Flyball.Registry;
using Flyball.Retraining;
using Flyball.Rollout;
using Flyball.Tests.Registry;
using Flyball.Workspaces;

namespace Flyball.Tests.Retraining;

/// <summary>
/// A real workspace with a real registry; only the training process and the rollout's traffic are played. Opened again on the same
/// folder it is what a process finds that comes after a crash.
/// </summary>
internal sealed class RetrainFixture : IAsyncDisposable
{
    public const string Model = RegistryFixture.Model;

    private readonly AuditTrail trail;
    private readonly RetrainPlan plan;
    private readonly RetrainWorld world;

    public RetrainFixture(RetrainWorld world, string approve = "automatic-if-gates-pass", string risk = "high", string after = "0d", string? schedule = null)
    {
        this.world = world;
        Workspace = Workspace.Open(
            world.Folder, world.Time, [.. RegistryTables.Migrations, .. RolloutTables.Migrations, .. MonitoringTables.Migrations, .. RetrainingTables.Migrations]);
        trail = new AuditTrail(Workspace.Audit);
        Registry = new ModelRegistry(Workspace.Catalog, Workspace.Blobs, trail, world.Time);
        Alerts = new Alerts(Workspace);
        var timed = schedule is null ? "" : $"  schedule: \"{schedule}\"\n";
        var section = $"retrain:\n{timed}  when: [ performance_decay, actionable_drift ]\n  after: {after}\n  approve: {approve}\n";
        var model = RegistryFixture.Plan(["average_precision >= 0.5"], risk, section);
        plan = RetrainPlans.Read(model);
        var steps = new RetrainSteps(
            async (name, author, cancellation) =>
            {
                var number = world.Train();
                var outcome = await Registry.RegisterBundleAsync(model, RegistryFixture.Bundle(number), RegistryFixture.Evaluation(world.Skill), author, cancellation);
                Assert.Equal(Model, name);
                return outcome.Version!;
            },
            Registry.Version,
            (version, approver, reason, cancellation) => Registry.ApproveAsync(version.Model, version.Version, approver, reason, false, cancellation),
            (version, caller, _) => Task.FromResult(world.Start(version, caller)),
            version => world.Rollouts.FindLast(r => r.Version == version.Version),
            (_, asker) => world.Stands(asker));
        Jobs = new RetrainJobs(new RetrainStore(Workspace.Catalog, world.Time), () => [plan], Alerts, trail, steps);
    }

    public Workspace Workspace { get; }

    public ModelRegistry Registry { get; }

    public Alerts Alerts { get; }

    public RetrainJobs Jobs { get; }

    public RetrainJob Job => Jobs.List(Model, 1).Single();

    public Task DriftAsync(string feature = "transaction.amount", string kind = "feature_drift") =>
        Alerts.RaiseAsync(Model, kind, feature, "ticket", "moved", world.Time.Now, default);

    public Task RunAsync() => Jobs.RunDueAsync(world.Time.Now, default);

    /// <summary>Actions and decisions on jobs, in the order of the log.</summary>
    public List<string> Audited() =>
    [
        .. Workspace.Audit.Read(0, 1000).Select(l => l.ToJson()).Where(l => Text(l, "object_type") == "retrain_job")
            .Select(l => Text(l, "decision") == "allow" ? Text(l, "action") : $"{Text(l, "action")} denied"),
    ];

    public async ValueTask DisposeAsync()
    {
        Jobs.Dispose();
        Registry.Dispose();
        await Workspace.DisposeAsync();
    }

    private static string Text(JsonObject line, string name) => line[name]!.GetValue<string>();
}
