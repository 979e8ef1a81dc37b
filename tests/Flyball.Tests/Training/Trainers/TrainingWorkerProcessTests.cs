using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Tests.Training.Tasks;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Trainers;

namespace Flyball.Tests.Training.Trainers;

/// <summary>A program of the shell as the trainer of real runs, in worker processes of the built program.</summary>
public sealed partial class TrainingWorkerProcessTests
{
    [Fact]
    public async Task A_run_is_named_by_the_program_it_starts_and_leaves_no_process()
    {
        await using var first = await TaskWorld.OpenAsync(TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}"));
        var json = System.Text.Encoding.UTF8.GetString(first.Train().Bundle[ModelBundle.XGBoostName].Span);
        var script = Path.Combine(first.Folder, "outside.sh");
        await File.WriteAllTextAsync(script, "cp kept.json model.json; (setsid sleep 300 & echo daemon $!)\n");
        await using var world = await TaskWorld.OpenAsync(
            TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\ntrainer: {{ kind: command, run: [ /bin/sh, {script} ], files: [ kept.json ], limits: {{ wall: 60s }} }}"),
            files: new Dictionary<string, string> { ["kept.json"] = json });
        using var runs = world.Runs();

        var (run, cached) = await TrainAsync(runs);

        Assert.False(cached);
        Assert.True((await TrainAsync(runs)).Cached);
        var log = (string)JsonNode.Parse(run.Result!)!["trainer_log"]!;
        Assert.Contains("left 1 processes running", log, StringComparison.Ordinal);
        Assert.False(IsLiving(Daemon().Match(log).Groups["pid"].Value));
        Assert.Null(ProgramFiles.Changed(run.Identity!));
        Assert.True((await runs.ReproduceAsync(run.RunId, Caller.Local(), null, default)).Identical);

        // Another script is another run, and what made the first is not there to make it again.
        await File.WriteAllTextAsync(script, "echo edited; exit 3\n");
        var failed = (await Assert.ThrowsAsync<FlyballException>(() => TrainAsync(runs))).Problem;
        Assert.Contains("edited", failed.Message, StringComparison.Ordinal);
        Assert.Equal(2, runs.List("m", 10).Count);
        Assert.Contains(script, ProgramFiles.Changed(run.Identity!), StringComparison.Ordinal);
        var changed = (await Assert.ThrowsAsync<FlyballException>(() => runs.ReproduceAsync(run.RunId, Caller.Local(), null, default))).Problem;
        Assert.Contains("FLY3395", changed.Message, StringComparison.Ordinal);
        Assert.Contains(script, changed.Message, StringComparison.Ordinal);
    }

    private static Task<(TrainingRun Run, bool Cached)> TrainAsync(TrainingRuns runs) => runs.RunAsync("m", new TrainingRequest(), Caller.Local(), null, TestContext.Current.CancellationToken);

    private static bool IsLiving(string process)
    {
        Assert.True(int.Parse(process, NumberStyles.None, CultureInfo.InvariantCulture) > 1);
        var stat = $"/proc/{process}/stat";
        return File.Exists(stat) && File.ReadAllText(stat) is var text && text[text.LastIndexOf(')') + 2] != 'Z';
    }

    [GeneratedRegex("daemon (?<pid>[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Daemon();
}
