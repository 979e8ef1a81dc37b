using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Jobs;

namespace Flyball.Tests.Training.Jobs;

[Collection(TrainingJobs.Name)]
public sealed class TrainingWorkerTests(TrainingJobFixture fixture)
{
    [Fact]
    public void The_same_job_gives_the_same_bytes()
    {
        var one = fixture.Usual.Job;
        var two = fixture.Run(fixture.Prepare());

        Assert.Equal(one.Result.Bundle, two.Result.Bundle);
        Assert.Equal(one.Bundle, two.Bundle);
        Assert.Equal(one.Evaluation, two.Evaluation);
        Assert.Equal(one.Result.Bundle, ModelBundle.Unpack(one.Bundle).Digest.Hex);
        Assert.Equal(["extract", "features", "validate", "leakage", "train", "evaluate", "package"], one.Result.Steps.Select(s => s.Step));
        Assert.Equal(2 * one.Result.Steps.Count, one.Reported.Count(r => !r.Contains("\"log\":\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Another_seed_gives_another_model()
    {
        using var project = TrainingJobFixture.SmallProject().Replace("models/fraud.yaml", "seed: 7", "seed: 8");
        var one = ModelBundle.Unpack(fixture.Usual.Job.Bundle);
        var other = ModelBundle.Unpack(fixture.Run(fixture.Prepare(ProjectWorkspace.Load(project))).Bundle);

        Assert.NotEqual(one.Digest, other.Digest);
        // Not the manifest alone, which quotes the seed.
        Assert.NotEqual(one[ModelBundle.OnnxName].ToArray(), other[ModelBundle.OnnxName].ToArray());
    }

    [Fact]
    public void A_model_of_permuted_labels_knows_nothing_and_a_model_of_the_truth_does()
    {
        var truth = fixture.Usual.Job.Result;
        var permuted = fixture.Run(fixture.Prepare(permute: 3)).Result;

        Assert.NotEqual(truth.Bundle, permuted.Bundle);
        var chance = (double)truth.Parts[2].Positives / truth.Parts[2].Rows;
        Assert.InRange(permuted.Metrics["roc_auc"], 0.35, 0.65);
        Assert.InRange(permuted.Metrics["average_precision"], 0, 3 * chance);
        Assert.InRange(truth.Metrics["average_precision"], 6 * chance, 1);
        // The labels that judge are the truth both times.
        Assert.Equal(truth.Parts, permuted.Parts);
    }

    [Fact]
    public void A_given_bundle_is_judged_and_not_trained()
    {
        var trained = fixture.Usual.Job;

        var judged = fixture.Run(fixture.Prepare(given: trained.Bundle));

        Assert.Equal(trained.Result.Bundle, judged.Result.Bundle);
        Assert.Equal(trained.Bundle, judged.Bundle);
        Assert.Equal(trained.Evaluation, judged.Evaluation);
        Assert.Equal("verify", judged.Result.Steps[2].Step);
    }

    [Fact]
    public void A_given_bundle_that_was_changed_is_refused()
    {
        var bundle = fixture.Usual.Job.Bundle.ToArray();
        bundle[bundle.Length / 2] ^= 1;

        Assert.Throws<FlyballException>(() => fixture.Run(fixture.Prepare(given: bundle)));
    }

    [Fact]
    public void The_champion_is_judged_on_the_same_rows()
    {
        var champion = fixture.Usual.Job;
        using var project = TrainingJobFixture.SmallProject().Replace("models/fraud.yaml", "seed: 7", "seed: 8");

        var candidate = fixture.Run(fixture.Prepare(ProjectWorkspace.Load(project), champion: champion.Bundle)).Frozen;

        Assert.Equal(champion.Result.Bundle, candidate.ChampionDigest);
        Assert.Equal(champion.Frozen.Seq, candidate.Seq);
        Assert.Equal(champion.Frozen.Candidate, candidate.Champion);
        Assert.NotEqual(candidate.Candidate, candidate.Champion);
    }

    [Fact]
    public void A_champion_whose_features_mean_something_else_now_is_told_and_not_scored()
    {
        var champion = fixture.Usual.Job;
        using var project = TrainingJobFixture.SmallProject().Replace("features/terminal_risk.yaml", "amount > 220", "amount > 210");

        var frozen = fixture.Run(fixture.Prepare(ProjectWorkspace.Load(project), champion: champion.Bundle)).Frozen;

        Assert.Null(frozen.Champion);
        Assert.Contains("terminal_risk.large_28d", frozen.ChampionMissing, StringComparison.Ordinal);
        Assert.DoesNotContain(null, frozen.Candidate);
    }

    [Fact]
    public void Slices_can_be_cut_by_the_open_columns_of_the_requests()
    {
        var frozen = fixture.Usual.Job.Frozen;

        Assert.Equal(["amount", "terminal_id", "transaction_id"], frozen.Columns.Keys.Order());
        Assert.All(frozen.Columns.Values, c => Assert.Equal(frozen.Seq.Length, c.Length));
        Assert.Equal(frozen.Seq.Length, frozen.Seq.Distinct().Count());
        Assert.Contains(1.0, frozen.Labels);
    }

    [Fact]
    public void The_parts_are_apart_by_the_embargo_and_end_before_the_labels_are_open()
    {
        var parts = fixture.Run(fixture.Prepare(asOfDay: 59.5)).Result.Parts.Select(p => (From: Time(p.From), To: Time(p.To), p.Rows)).ToList();

        Assert.All(parts, p => Assert.True(p.Rows > 100));
        Assert.Equal(7 * Clock.MicrosPerDay, parts[1].From.Micros - parts[0].To.Micros);
        Assert.Equal(7 * Clock.MicrosPerDay, parts[2].From.Micros - parts[1].To.Micros);
        Assert.Equal(TrainingJobFixture.Day(52.5).Micros + 1, parts[2].To.Micros);

        static EventTime Time(string text) => EventTime.From(DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(25)]
    [InlineData(5)]
    public void Too_few_rows_are_refused(double asOfDay)
    {
        var refused = Assert.Throws<FlyballException>(() => fixture.Run(fixture.Prepare(asOfDay: asOfDay)));

        Assert.StartsWith("FLY114", refused.Problem.Code, StringComparison.Ordinal);
    }

    [Fact]
    public void An_embargo_below_the_label_window_is_refused()
    {
        using var project = TrainingJobFixture.SmallProject().Replace("models/fraud.yaml", "embargo: 7d", "embargo: 6d");

        Assert.Equal("FLY1140", Assert.Throws<FlyballException>(() => fixture.Run(fixture.Prepare(ProjectWorkspace.Load(project)))).Problem.Code);
    }

    [Fact]
    public void A_packaged_job_holds_its_inputs_and_not_its_results()
    {
        var directory = fixture.Usual.Directory;
        var packed = JobArchive.Pack(directory);
        var copy = Path.Combine(directory, "copy");

        JobArchive.Unpack(packed, copy);

        Assert.Equal(packed, JobArchive.Pack(copy));
        Assert.False(File.Exists(Path.Combine(copy, TrainingJob.BundleFileName)));
        Assert.Equal(File.ReadAllBytes(Path.Combine(directory, TrainingJob.BundleFileName)), fixture.Run(copy).Bundle);
    }
}
