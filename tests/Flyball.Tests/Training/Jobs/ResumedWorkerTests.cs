using System.Text.Json.Nodes;
using Flyball.Training.Jobs;

namespace Flyball.Tests.Training.Jobs;

/// <summary>A worker that finds what an earlier one made goes on after it, and ends with the same bytes.</summary>
[Collection(TrainingJobs.Name)]
public sealed class ResumedWorkerTests(TrainingJobFixture fixture)
{
    [Fact]
    public void What_was_trained_is_kept()
    {
        var (directory, first) = (fixture.CopyOfUsual(), fixture.Usual.Job);

        var second = fixture.Run(directory);

        Assert.Equal(first.Bundle, second.Bundle);
        Assert.Equal(first.Evaluation, second.Evaluation);
        Assert.Equal("done", StateOf(first, "train"));
        Assert.Equal("kept", StateOf(second, "train"));
        Assert.Equal("kept", StateOf(second, "evaluate"));
    }

    [Fact]
    public void What_was_damaged_since_is_made_again()
    {
        var (directory, first) = (fixture.CopyOfUsual(), fixture.Usual.Job);
        var kept = Path.Combine(directory, "steps", "train", TrainingJob.BundleFileName);
        var bytes = File.ReadAllBytes(kept);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(kept, bytes);

        var second = fixture.Run(directory);

        Assert.Equal("done", StateOf(second, "train"));
        Assert.Equal(first.Bundle, second.Bundle);
    }

    [Fact]
    public void What_was_not_finished_is_made_again()
    {
        var (directory, first) = (fixture.CopyOfUsual(), fixture.Usual.Job);
        File.Delete(Path.Combine(directory, "steps", "train", "step.json"));

        var second = fixture.Run(directory);

        Assert.Equal("done", StateOf(second, "train"));
        Assert.Equal(first.Bundle, second.Bundle);
    }

    [Fact]
    public void Another_champion_is_another_evaluation()
    {
        var (directory, first) = (fixture.CopyOfUsual(), fixture.Usual.Job);
        File.WriteAllBytes(Path.Combine(directory, TrainingJob.ChampionFileName), first.Bundle);

        var second = fixture.Run(directory);

        Assert.Equal("kept", StateOf(second, "train"));
        Assert.Equal("done", StateOf(second, "evaluate"));
        Assert.Equal(second.Frozen.Candidate, second.Frozen.Champion);
    }

    [Fact]
    public void Every_step_says_what_it_cost()
    {
        var run = fixture.Usual.Job;

        var done = run.Reported.Select(r => JsonNode.Parse(r)!).Where(r => r["started_at"] is not null).ToList();

        Assert.Equal(["extract", "features", "validate", "leakage", "train", "evaluate", "package"], done.Select(d => (string)d["step"]!));
        Assert.All(done, d => Assert.True((long)d["peak_memory_bytes"]! > 0 && (double)d["cpu_seconds"]! >= 0 && ((string)d["detail"]!).Length > 0, d.ToJsonString()));
        Assert.True(done.Sum(d => (double)d["cpu_seconds"]!) > 0);
    }

    private static string StateOf(FinishedJob job, string step) =>
        (string)job.Reported.Select(r => JsonNode.Parse(r)!).Single(r => (string?)r["step"] == step && r["started_at"] is not null)["state"]!;
}
