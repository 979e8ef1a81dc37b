using Flyball.Engine.Identity;
using Flyball.Registry;
using Flyball.Tests.Registry;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Governance.Applied;

/// <summary>A server whose champion reads a few of the project's features.</summary>
public sealed class ServedWorld : IAsyncLifetime
{
    internal const string Selected = "[ transaction.amount, transaction.is_night, customer_activity.count_7d, customer_activity.count_30d, terminal_risk.count_28d ]";

    internal AppliedWorld World { get; } = new();

    internal Digest Champion { get; private set; }

    public async ValueTask InitializeAsync()
    {
        World.Project.Replace("models/fraud.yaml", "[ \"transaction.*\", \"customer_activity.*\", \"terminal_risk.*\" ]", Selected);
        await World.StartAsync();
        var registry = World.Host!.Services.GetRequiredService<ModelRegistry>();
        var model = World.Host!.Services.GetRequiredService<ActiveProject>().Current.Models["fraud"];
        var bundle = LinearBundle.Of(model, 1, 0.001f);
        Champion = bundle.Digest;
        var registered = await registry.RegisterBundleAsync(RegistryFixture.Plan(["average_precision >= 0.5"]), bundle, RegistryFixture.Evaluation(0.9), RegistryFixture.Author, default);
        await registry.ApproveAsync("fraud", registered.Version!.Version, RegistryFixture.Approver, "good", false, default);
        Assert.True((await registry.PromoteAsync("fraud", 1, RegistryFixture.Approver, null, null, default)).Ok);
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
