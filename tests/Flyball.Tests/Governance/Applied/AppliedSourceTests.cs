using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace Flyball.Tests.Governance.Applied;

/// <summary>A run says which commit its definitions were applied from, whatever the folder holds by then and whatever its caller says.</summary>
public sealed class AppliedSourceTests : IAsyncDisposable
{
    private const string ModelFile = "models/fraud.yaml";

    private readonly AppliedWorld world = new();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task The_commit_of_a_folder_that_was_not_applied_is_not_the_runs()
    {
        var applied = Commit("first");
        await world.StartAsync();
        world.Project.Replace(ModelFile, "rounds: 120", "rounds: 17");
        var later = Commit("second");

        var (status, _) = await world.PostAsync("/v1/models/fraud/train", $$$"""{"source":{"commit":"{{{later}}}","dirty":false}}""");
        var run = Assert.Single((JsonArray)(await world.GetAsync("/v1/runs"))["runs"]!)!;

        // There are no rows to train on: the run fails, and is kept.
        Assert.NotEqual(HttpStatusCode.OK, status);
        Assert.Equal((applied, false), ((string)run["source"]!["commit"]!, (bool)run["source"]!["dirty"]!));
        Assert.Equal(later, (string)run["source"]!["claimed"]!["commit"]!);
        var project = await world.GetAsync("/v1/project");
        Assert.Equal((applied, (string)run["source"]!["applied"]!), ((string)project["source"]!["commit"]!, (string)project["digest"]!));

        await world.StartAsync(appliesFolder: false);
        Assert.Equal(applied, (string)(await world.GetAsync("/v1/project"))["source"]!["commit"]!);
        await world.PostAsync("/v1/project/apply", "{}");
        Assert.Equal(later, (string)(await world.GetAsync("/v1/project"))["source"]!["commit"]!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_the_commit_does_not_hold_is_a_change(bool isIgnored)
    {
        File.WriteAllText(world.Project[".gitignore"], isIgnored ? "data\nmodels\n" : "data\n");
        Commit("first");
        if (!isIgnored)
        {
            world.Project.Replace(ModelFile, "rounds: 120", "rounds: 17");
        }

        await world.StartAsync();

        Assert.True((bool)(await world.GetAsync("/v1/project"))["source"]!["dirty"]!);
    }

    [Fact]
    public async Task Outside_of_version_control_nothing_is_said_of_a_commit()
    {
        await world.StartAsync();

        Assert.Null((await world.GetAsync("/v1/project"))["source"]);
    }

    /// <summary>Commits the folder, without the data directory, and gives the commit.</summary>
    private string Commit(string message)
    {
        if (!File.Exists(world.Project[".gitignore"]))
        {
            File.WriteAllText(world.Project[".gitignore"], "data\n");
        }

        Git("init", "-q");
        Git("add", "-A");
        Git("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "commit", "-q", "-m", message);
        return Git("rev-parse", "HEAD");
    }

    private string Git(params string[] arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", world.Project.Folder, .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false })!;
            var said = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            Assert.Equal(0, git.ExitCode);
            return said;
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no git on this machine.");
            throw;
        }
    }
}
