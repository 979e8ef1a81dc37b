using System.Globalization;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.DataDirectories;

public sealed class SecondProcessTests
{
    [Fact]
    public async Task A_second_server_on_the_same_directory_is_refused_and_told_who_has_it()
    {
        using var folder = new TemporaryFolder();
        var project = ShopProject.Write(folder["project"]);
        await using var first = await FlyballServer.StartAsync(project, folder["data"]);

        var second = (await FlyballProgram.RunAsync("up", "--project", project, "--data", folder["data"], "--urls", "http://127.0.0.1:0")).WithoutStackTrace();

        Assert.Equal(2, second.ExitCode);
        Assert.Contains("FLY2040", second.Errors, StringComparison.Ordinal);
        Assert.Contains(first.ProcessId.ToString(CultureInfo.InvariantCulture), second.Errors, StringComparison.Ordinal);
        Assert.Contains(first.Http.BaseAddress!.ToString().TrimEnd('/'), second.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await first.HorizonAsync());
    }

    [Fact]
    public async Task The_directory_of_a_killed_server_is_free()
    {
        using var folder = new TemporaryFolder();
        var project = ShopProject.Write(folder["project"]);
        await using (var first = await FlyballServer.StartAsync(project, folder["data"]))
        {
            await first.KillAsync();
        }

        await using var second = await FlyballServer.StartAsync(project, folder["data"]);
        Assert.Equal(0, await second.HorizonAsync());
    }
}
