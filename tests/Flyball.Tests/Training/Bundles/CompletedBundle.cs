using Flyball.Tests.Training.Jobs;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Tests.Training.Bundles;

/// <summary>One bundle that a run over sixty simulated days made, of a model file with a card; for tests that only read it.</summary>
public sealed class CompletedBundle : IAsyncLifetime
{
    private readonly TrainingJobFixture jobs = new();

    internal ModelBundle Bundle => ModelBundle.Unpack(Job.Bundle);

    internal FinishedJob Job { get; private set; } = null!;

    /// <summary>The project that the run was made from.</summary>
    internal ProjectPlan Plan { get; private set; } = null!;

    internal ProjectWorkspace World => jobs.World;

    public async ValueTask InitializeAsync()
    {
        await jobs.InitializeAsync();
        using var project = TrainingJobFixture.SmallProject().Replace("models/fraud.yaml", "average_precision >= 0.12", "average_precision >= 0.01").Replace("models/fraud.yaml", "calibrate: isotonic", """
            calibrate: isotonic
            card:
              users: [ Payment teams ]
              use_cases: [ Authorisation of card payments ]
              limitations: [ "Nothing is known of | new merchants" ]
              ethical_considerations: { Customers abroad are blocked more often: A person looks at each block }
            """);
        Plan = ProjectWorkspace.Load(project);
        Job = jobs.Run(jobs.Prepare(Plan));
    }

    public ValueTask DisposeAsync() => jobs.DisposeAsync();
}
