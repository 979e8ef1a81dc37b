using Flyball.Engine.Time;
using Flyball.Storage.Lakes;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Datasets;
using Flyball.Training.Jobs;

namespace Flyball.Tests.Training.Jobs;

/// <summary>A run proves that the online path gives what it was trained on.</summary>
[Collection(TrainingJobs.Name)]
public sealed class ServedPathProofTests(TrainingJobFixture fixture)
{
    [Fact]
    public void A_run_carries_its_proof_in_manifest_and_evaluation()
    {
        var job = fixture.Usual.Job;
        var proof = ModelBundle.Unpack(job.Bundle).Manifest.Proof!;

        Assert.Equal((500, 0), (proof.Rows, proof.Mismatches));
        // Both at arrival and at the horizon.
        Assert.True(proof.Compared > 2L * proof.Rows * 5, $"{proof.Compared} values");
        Assert.Equal(proof.Compared, job.Frozen.Proof!.Compared);
    }

    [Fact]
    public void The_same_seed_gives_the_same_proof_and_another_seed_other_rows()
    {
        var one = Measure(fixture.World.Tables(), 1);
        var two = Measure(fixture.World.Tables(), 1);
        var other = Measure(fixture.World.Tables(), 2);

        Assert.Equal((one.Rows, one.Compared, one.Mismatches), (two.Rows, two.Compared, two.Mismatches));
        Assert.Equal((0, 0), (one.Mismatches, other.Mismatches));
    }

    /// <summary>The control: an online path that lacks the last events gives other values, and the proof names the features.</summary>
    [Fact]
    public void An_online_path_that_lost_events_is_found()
    {
        var most = fixture.World.Events.Applied.Seq;

        var proof = Measure(fixture.World.Tables(new Horizon(most * 9 / 10)), 1);

        Assert.True(proof.Mismatches > 0);
        Assert.Contains(proof.Features, f => f.StartsWith("customer_activity.", StringComparison.Ordinal));
    }

    private FeatureProof Measure(IReadOnlyList<LakeManifest> online, ulong seed)
    {
        var (plan, model) = (fixture.World.Plan, fixture.World.Model);
        var builder = new TrainingSetBuilder(plan, model, fixture.World.LakeFolder, fixture.World.Tables(), fixture.World.Events.Applied);
        builder.Load();
        return new ServedPathProof(plan, model.Vector, fixture.World.LakeFolder, online).Measure(builder.State, builder.Spine, builder.Horizon, seed);
    }
}
