using System.Diagnostics;
using Flyball.Engine.Problems;
using Flyball.Tests.Training.Tasks;

namespace Flyball.Tests.Training.Trainers;

/// <summary>Programs that misbehave, written for the shell that every system has.</summary>
public sealed class CommandTrainerTests
{
    [Theory]
    [InlineData("sleep 60", "took longer than 1 s", "wall: 1s")]
    [InlineData("echo begun; exit 7", "ended with code 7", "wall: 20s")]
    [InlineData("echo begun; exit 7", "begun", "wall: 20s")]
    [InlineData("yes", "printed more than", "wall: 20s, output: 1MB")]
    [InlineData("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 60 & done; wait", "processes, more than 5", "wall: 20s, processes: 5")]
    [InlineData("while :; do :; done", "used all its processor time", "wall: 20s, cpu: 1s")]
    [InlineData("head -c 3000000 /dev/zero > big", "wrote a file beyond", "wall: 20s, output: 1MB")]
    [InlineData("true", "left no model.onnx", "wall: 20s")]
    [InlineData("echo x > model.onnx; echo y > model.json", "left model.onnx and model.json", "wall: 20s")]
    [InlineData("echo not a model > model.onnx", "", "wall: 20s")]
    [InlineData("ln -s /etc/hostname model.onnx", "no plain file", "wall: 20s")]
    [InlineData("mkfifo model.onnx", "is a FIFO", "wall: 20s")]
    [InlineData("mkdir model.json", "is a directory", "wall: 20s")]
    [InlineData("echo x > a; ln a model.onnx", "has other names", "wall: 20s")]
    [InlineData("ln -s nowhere model.onnx", "is a symbolic link", "wall: 20s")]
    [InlineData("echo a word; echo [[ > model.json", "a word", "wall: 20s")]
    [InlineData("echo tree > model.txt", "LightGBM", "wall: 20s")]
    public async Task A_program_that_does_not_do_its_work_fails_the_run(string script, string words, string limits)
    {
        await using var world = await OpenAsync(script, limits);
        var started = Stopwatch.StartNew();

        var refused = Assert.Throws<FlyballException>(() => world.Train()).Problem;

        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.True(started.Elapsed < TimeSpan.FromSeconds(20), $"{started.Elapsed}");
        Assert.Empty(Directory.EnumerateFiles(world.Folder, "bundle.zip", SearchOption.AllDirectories));
        // Its folder is gone with all that it wrote there.
        Assert.Empty(Directory.EnumerateFiles(world.Folder, "parameters.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task It_finds_its_data_and_nothing_of_its_callers_environment()
    {
        const string script = "test -s train.parquet && test -s test.parquet && grep -q person.x parameters.json && test \"$HOME\" = \"$PWD\" && test -z \"$FLYBALL_NATIVE\" && echo all is there; exit 3";
        await using var world = await OpenAsync(script, "wall: 20s");

        Assert.Contains("all is there", Assert.Throws<FlyballException>(() => world.Train()).Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_it_leaves_is_judged_and_served_like_any_other()
    {
        // The trees of another run, handed to the program as a file of the project.
        await using var first = await TaskWorld.OpenAsync(TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\n{TaskWorld.Trees()}"));
        var trained = first.Train();
        var json = System.Text.Encoding.UTF8.GetString(trained.Bundle[Flyball.Training.Bundles.ModelBundle.XGBoostName].Span);
        await using var world = await OpenAsync("cp kept.json model.json; echo '{\"own\": 0.5, \"name\": \"x\"}' > metrics.json; echo done", "wall: 20s", new() { ["kept.json"] = json }, "train.sh, kept.json");

        var (result, bundle, _) = world.Train();

        Assert.Equal(trained.Result.Metrics, result.Metrics);
        Assert.Contains(world.Said, line => line.Contains("\"step\":\"train\",\"log\":\"done\"", StringComparison.Ordinal));
        Assert.Equal(new Dictionary<string, double> { ["own"] = 0.5 }, result.Reported!);
        Assert.Equal(Flyball.Native.Posix.Landlock.Version > 0 ? $"landlock-{Flyball.Native.Posix.Landlock.Version}" : "none", result.Confinement);
        Assert.Equal(trained.Bundle[Flyball.Training.Bundles.ModelBundle.OnnxName].ToArray(), bundle[Flyball.Training.Bundles.ModelBundle.OnnxName].ToArray());
    }

    [Fact]
    public async Task The_files_of_the_program_are_part_of_the_run()
    {
        await using var one = await OpenAsync("true", "wall: 20s");
        await using var other = await OpenAsync("false", "wall: 20s");

        Assert.Equal(["train.sh"], one.Model.CommandFiles.Keys);
        Assert.NotEqual(Identity(one), Identity(other));
        Assert.Contains("train.sh", one.Plan!.Files.Keys);

        static Flyball.Engine.Identity.Digest Identity(TaskWorld world) => Flyball.Training.RunIdentity.Of(world.Model, [], 1, 1, new Flyball.Training.TrainingRequest());
    }

    [Theory]
    [InlineData("run: [ /bin/sh, missing.sh ]")]
    [InlineData("run: [ /bin/sh ], files: [ ../secret.sh ]")]
    [InlineData("run: [ /bin/sh ], files: [ /etc/passwd ]")]
    [InlineData("run: []")]
    [InlineData("run: [ /bin/sh ], limits: { memory: lots }")]
    [InlineData("run: [ /bin/sh ], limits: { wall: 0s }")]
    [InlineData("run: [ /bin/sh ], format: pickle")]
    [InlineData("run: [ /bin/sh, ../x.sh ]")]
    [InlineData("run: [ /bin/sh ], confine: perhaps")]
    public async Task A_program_that_is_described_wrongly_is_refused(string setting) => Assert.Contains(
        "FLY1291", await TaskWorld.CodesOf(TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\ntrainer: {{ kind: command, {setting} }}")));

    private static Task<TaskWorld> OpenAsync(string script, string limits, Dictionary<string, string>? files = null, string named = "train.sh")
    {
        files ??= [];
        files["train.sh"] = script + "\n";
        return TaskWorld.OpenAsync(
            TaskWorld.ModelFile("regression", "value: total", $"{TaskWorld.Stratified}\ntrainer: {{ kind: command, run: [ /bin/sh, train.sh ], files: [ {named} ], limits: {{ {limits} }} }}"), files: files);
    }
}
