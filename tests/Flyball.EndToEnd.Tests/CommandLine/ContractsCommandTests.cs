using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.CommandLine;

public sealed class ContractsCommandTests
{
    private const string Contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: rides
        version: 1.0.0
        status: active
        schema:
          - name: rides
            properties:
              - { name: ride_id, logicalType: integer, primaryKey: true }
              - { name: tags, logicalType: array, items: { logicalType: string } }
        """;

    [Fact]
    public async Task Check_tells_errors_from_notices_and_says_where()
    {
        using var folder = new TemporaryFolder();
        var (good, bad) = (folder["good.odcs.yaml"], folder["bad.odcs.yaml"]);
        await File.WriteAllTextAsync(good, Contract, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(bad, Contract.Replace("logicalType: integer", "logicalType: intger", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var run = await FlyballProgram.RunAsync("contracts", "check", good, bad, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.False(run.Document["ok"]!.GetValue<bool>());
        var (first, second) = (run.Document["files"]![0]!, run.Document["files"]![1]!);
        Assert.True(first["ok"]!.GetValue<bool>());
        Assert.Equal("rides", first["sources"]![0]!.GetValue<string>());
        Assert.Equal("FLY1149", first["notices"]![0]!["code"]!.GetValue<string>());
        Assert.False(second["ok"]!.GetValue<bool>());
        Assert.Empty(second["sources"]!.AsArray());
        Assert.Equal(("FLY1107", 9, "Did you mean 'integer'?"), (second["errors"]![0]!["code"]!.GetValue<string>(), second["errors"]![0]!["line"]!.GetValue<int>(), second["errors"]![0]!["remedy"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Check_exits_0_1_when_strict_and_2_without_the_file()
    {
        using var folder = new TemporaryFolder();
        var good = folder["good.odcs.yaml"];
        await File.WriteAllTextAsync(good, Contract, TestContext.Current.CancellationToken);

        Assert.Equal(0, (await FlyballProgram.RunAsync("contracts", "check", good)).ExitCode);
        Assert.Equal(1, (await FlyballProgram.RunAsync("contracts", "check", good, "--strict")).ExitCode);
        var missing = (await FlyballProgram.RunAsync("contracts", "check", good, folder["none.odcs.yaml"], "--json")).WithoutStackTrace();
        Assert.Equal(2, missing.ExitCode);
        Assert.Equal("FLY1106", missing.Document["errors"]![0]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Show_prints_what_a_file_or_a_source_comes_to()
    {
        using var folder = new TemporaryFolder();
        var project = ShopProject.Write(folder["project"]);
        var file = folder["rides.odcs.yaml"];
        await File.WriteAllTextAsync(file, Contract, TestContext.Current.CancellationToken);

        var ofFile = await FlyballProgram.RunAsync("contracts", "show", file, "--json");
        var ofSource = await FlyballProgram.RunAsync("contracts", "show", "payments", "--project", project, "--json");
        var ofNone = (await FlyballProgram.RunAsync("contracts", "show", "paymnts", "--project", project, "--json")).WithoutStackTrace();

        Assert.Equal("array", ofFile.Document["contracts"]![0]!["fields"]![1]!["type"]!.GetValue<string>());
        Assert.Equal("tags[]", ofFile.Document["contracts"]![0]!["fields"]![1]!["fields"]![0]!["name"]!.GetValue<string>());
        Assert.Equal("payments", ofSource.Document["contracts"]![0]!["source"]!.GetValue<string>());
        Assert.Equal(2, ofNone.ExitCode);
    }
}
