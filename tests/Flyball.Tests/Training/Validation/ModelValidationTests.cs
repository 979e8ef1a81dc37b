using System.Diagnostics;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;
using Flyball.Tests.Training.Tasks;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Onnx;
using Flyball.Training.Validation;
using Flyball.Workspaces;

namespace Flyball.Tests.Training.Validation;

/// <summary>Model files of other programs are tried in a process apart: what ends that process, this one never loads.</summary>
public sealed class ModelValidationTests : IAsyncDisposable
{
    private readonly FraudProject project = new();
    private readonly Workspace workspace;
    private readonly ModelPlan model;

    public ModelValidationTests()
    {
        model = ProjectWorkspace.Load(project).Models["fraud"];
        workspace = Workspace.Open(project["data"], TimeProvider.System, [.. ValidationTables.Migrations]);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_bundle_is_examined_once_and_the_verdict_outlives_the_process()
    {
        var bundle = LinearBundle.Of(model, 1, 0.5f);
        using (var validation = Validation(TaskWorld.Program("examine-model")))
        {
            await validation.RequireAsync(bundle, Stop);
            var verdict = validation.Find(bundle.Digest)!;
            Assert.Equal((true, 0), (verdict.Ok, verdict.GoldenRows));
            Assert.Equal([1, 2, 4, 8, 16, 32, 64], verdict.Buckets);
            Assert.InRange(verdict.Millis, 1, 60_000);
        }

        // A second server needs no process: this one could not even be started.
        using var later = Validation(["no-such-program"]);
        await later.RequireAsync(bundle, Stop);
        Assert.Equal("FLY3903", (await RefusedAsync(later, LinearBundle.Of(model, 2, 0.5f))).Code);
    }

    [Fact]
    public async Task A_model_that_mixes_its_rows_or_takes_a_fixed_number_is_refused()
    {
        using var validation = Validation(TaskWorld.Program("examine-model"));
        var mixed = await RefusedAsync(validation, LinearBundle.Of(model, 1, Mixing()));
        Assert.Equal(("FLY3905", true), (mixed.Code, mixed.Message.Contains("In a batch of 2", StringComparison.Ordinal)));
        var stiff = await RefusedAsync(validation, LinearBundle.Of(model, 2, Fixed(3)));
        Assert.Equal(("FLY3904", true), (stiff.Code, stiff.Message.Contains("exactly 3 rows", StringComparison.Ordinal)));
        var file = await Assert.ThrowsAsync<FlyballException>(() => validation.RequireAsync(Fixed(5), Stop));
        Assert.Equal(("FLY3904", true), (file.Problem.Code, file.Problem.Message.Contains("exactly 5 rows", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_version_whose_model_mixes_its_rows_is_not_ready()
    {
        var error = Assert.Throws<FlyballException>(() => Flyball.Serving.VersionLoader.Load(LinearBundle.Of(model, 1, Mixing()), 1, ProjectWorkspace.Load(project)));
        Assert.Equal("FLY3905", error.Problem.Code);
        error = Assert.Throws<FlyballException>(() => Flyball.Serving.VersionLoader.Load(LinearBundle.Of(model, 1, Fixed(4)), 1, ProjectWorkspace.Load(project)));
        Assert.Equal("FLY3904", error.Problem.Code);
    }

    [Fact]
    public async Task A_file_that_is_refused_unread_says_why_as_everywhere()
    {
        using var validation = Validation(TaskWorld.Program("examine-model"));
        var refused = await Assert.ThrowsAsync<FlyballException>(() => validation.RequireAsync("no model"u8.ToArray(), Stop));
        Assert.Equal("FLY1131", refused.Problem.Code);
    }

    [Theory]
    [InlineData("kill -SEGV $$", "memory fault")]
    [InlineData("kill -ABRT $$", "aborted")]
    public async Task A_process_that_crashes_refuses_the_model_for_good(string script, string how)
    {
        var bundle = LinearBundle.Of(model, 1, 0.5f);
        using var validation = Validation(["sh", "-c", script]);
        var problem = await RefusedAsync(validation, bundle);
        Assert.Equal(("FLY3903", true), (problem.Code, problem.Message.Contains(how, StringComparison.Ordinal)));
        Assert.False(validation.Find(bundle.Digest)!.Ok);
        using var again = Validation(TaskWorld.Program("examine-model"));
        Assert.Equal(problem, await RefusedAsync(again, bundle));
    }

    [Theory]
    [InlineData("exit 3", "code 3")]
    [InlineData("kill -KILL $$", "ended from outside")]
    [InlineData("echo all is well", "no verdict")]
    [InlineData("true", "no verdict")]
    [InlineData("head -c 200000 /dev/zero | tr '\\0' x", "no verdict")]
    public async Task A_process_that_gives_no_verdict_refuses_the_model_until_it_is_tried_again(string script, string how)
    {
        var bundle = LinearBundle.Of(model, 1, 0.5f);
        using var validation = Validation(["sh", "-c", script]);
        var problem = await RefusedAsync(validation, bundle);
        Assert.Equal(("FLY3903", true), (problem.Code, problem.Message.Contains(how, StringComparison.Ordinal)));
        Assert.Null(validation.Find(bundle.Digest));
    }

    [Fact]
    public async Task A_process_that_hangs_is_ended_with_all_it_started_and_may_be_tried_again()
    {
        var bundle = LinearBundle.Of(model, 1, 0.5f);
        using var validation = Validation(["sh", "-c", "sleep 600 & sleep 600"], o => o with { Wall = TimeSpan.FromMilliseconds(400) });
        var started = Stopwatch.GetTimestamp();
        Assert.Contains("took longer than 0.4 s", (await RefusedAsync(validation, bundle)).Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(20));
        Assert.Null(validation.Find(bundle.Digest));
    }

    [Fact]
    public async Task A_process_that_burns_its_processor_time_is_ended()
    {
        using var validation = Validation(["sh", "-c", "while :; do :; done"], o => o with { CpuSeconds = 1 });
        Assert.Contains("processor time", (await RefusedAsync(validation, LinearBundle.Of(model, 1, 0.5f))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_wants_more_memory_than_there_is_for_it_refuses_the_model()
    {
        using var validation = Validation(TaskWorld.Program("examine-model"), o => o with { MemoryBytes = 128 << 20 });
        Assert.Equal("FLY3903", (await RefusedAsync(validation, LinearBundle.Of(model, 1, 0.5f))).Code);
    }

    [Fact]
    public async Task The_process_reads_and_writes_nothing_of_the_data_directory()
    {
        Assert.SkipUnless(Landlock.Version > 0, "This kernel has no Landlock.");
        Directory.CreateDirectory(workspace.Directory.Keys);
        var secret = Path.Combine(workspace.Directory.Keys, "secret");
        await File.WriteAllTextAsync(secret, "s", Stop);
        var script = $"cat '{secret}' && exit 7; touch '{workspace.Directory.Root}/left' && exit 8; touch \"$0/mine\" || exit 9; exit 5";
        using var validation = Validation(["sh", "-c", script], o => o with { Confiner = TaskWorld.Program("run-confined") });
        Assert.Contains("code 5", (await RefusedAsync(validation, LinearBundle.Of(model, 1, 0.5f))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_confined_examination_of_a_good_bundle_passes_and_leaves_nothing()
    {
        using var validation = Validation(TaskWorld.Program("examine-model"), o => o with { Confiner = TaskWorld.Program("run-confined") });
        await validation.RequireAsync(LinearBundle.Of(model, 1, 0.5f), Stop);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(workspace.Directory.Jobs, "exams")));
    }

    [Fact]
    public async Task Without_a_program_to_do_it_nothing_is_examined()
    {
        using var validation = Validation([]);
        await validation.RequireAsync(LinearBundle.Of(model, 1, Mixing()), Stop);
        Assert.False(validation.IsOn);
    }

    public async ValueTask DisposeAsync()
    {
        await workspace.DisposeAsync();
        project.Dispose();
    }

    private ModelValidation Validation(IReadOnlyList<string> command, Func<ExamOptions, ExamOptions>? change = null) =>
        new(workspace, (change ?? (o => o))(new ExamOptions { Command = command }));

    private static async Task<Problem> RefusedAsync(ModelValidation validation, ModelBundle bundle) =>
        (await Assert.ThrowsAsync<FlyballException>(() => validation.RequireAsync(bundle, Stop))).Problem;

    /// <summary>Each row's score depends on the others of its batch.</summary>
    private byte[] Mixing()
    {
        var width = model.Vector.Columns.Count;
        using var onnx = new OnnxModelBuilder("mixing");
        return onnx.Input("features", -1, width).Output("score", -1, 1)
            .Constant("w", new float[width], width, 1).Constant("zero", [0f], 1)
            .Node("IsNaN", "", ["features"], ["missing"])
            .Node("Where", "", ["missing", "zero", "features"], ["known"])
            .Node("MatMul", "", ["known", "w"], ["xw"])
            .Node("Softmax", "", ["xw"], ["score"], OnnxAttribute.Of("axis", 0L))
            .Build();
    }

    private byte[] Fixed(int rows)
    {
        var width = model.Vector.Columns.Count;
        using var onnx = new OnnxModelBuilder("fixed");
        return onnx.Input("features", rows, width).Output("score", rows, 1)
            .Constant("w", new float[width], width, 1)
            .Node("MatMul", "", ["features", "w"], ["xw"])
            .Node("Sigmoid", "", ["xw"], ["score"])
            .Build();
    }
}
