using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Registry;
using Flyball.Server.Hosting;
using Flyball.Tests.Registry;
using Flyball.Tests.Registry.Judging;
using Flyball.Tests.Training.Tasks;
using Flyball.Tests.Workspaces;
using Flyball.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Cli;

/// <summary>The command that scores files, against a server that holds the data directory and without one.</summary>
[Collection(JudgeTests.Name)]
public sealed class ScoreCommandTests : IDisposable
{
    private const int Rows = 50;

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-score-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string[] There => ["--project", Named("project"), "--data", Named("data")];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_version_scores_a_file_with_a_server_and_without_and_both_give_the_same_bytes()
    {
        Write("project/flyball.yaml", "name: people\n");
        Write("project/contracts/people.odcs.yaml", TaskWorld.Contract);
        Write("project/features/person.yaml", "view: person\ninputs: people\nfeatures:\n  x: x\n  n: n\n  big: x > 0.5\n");
        Write("project/models/m.yaml", JudgeServer.ModelFile("m"));
        // The bundle knows nothing of a missing value: rows without x would have no score.
        var rows = Enumerable.Range(0, 2 * Rows).Where(i => i % 11 != 0).Take(Rows).Select(i => TaskWorld.Row(i));
        Write("in.ndjson", string.Join('\n', rows.Append("{\"id\":\"bad\",\"household\":\"none\"}")));
        await using (var host = await FlyballHost.StartAsync(new FlyballHostOptions { Project = Named("project"), Data = Named("data"), Urls = "http://127.0.0.1:0", BackgroundLoops = false }, Stop))
        {
            var registry = host.Services.GetRequiredService<ModelRegistry>();
            var plan = host.Services.GetRequiredService<ActiveProject>().Current.Models["m"];
            var made = await registry.RegisterBundleAsync(plan, LinearBundle.Of(plan, 1, 0.01f), RegistryFixture.Evaluation(0.9), Caller.Local("ann"), Stop);
            Assert.True((await registry.ApproveAsync("m", made.Version!.Version, Caller.Local("bob"), "its latency was not measured", overrideGates: true, Stop)).Ok);
            Printed.Expect(0, ["models", "promote", "m@1", "--as", "bob", "--reason", "good", .. There]);
            var printed = Printed.Of(["score", "m", Named("in.ndjson"), Named("with.csv"), "--json", .. There]);
            Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
            Check(printed.Document);
            Assert.Contains("rows, ", printed.Errors, StringComparison.Ordinal);
        }

        Check(Printed.Expect(0, ["score", "m@1", Named("in.ndjson"), Named("without.csv"), .. There]));
        Assert.Equal(await File.ReadAllBytesAsync(Named("with.csv"), Stop), await File.ReadAllBytesAsync(Named("without.csv"), Stop));
        Assert.Equal("id,score,decision,model_version,digest", (await File.ReadAllLinesAsync(Named("with.csv"), Stop))[0]);
        Assert.Equal("FLY5023", Code(Printed.Expect(2, ["score", "m@1", Named("in.ndjson"), Named("strict.csv"), "--strict", .. There])));
        Assert.Equal("FLY5020", Code(Printed.Expect(2, ["score", "m@1", Named("in.ndjson"), Named("out.txt"), .. There])));
        Assert.Equal("FLY4004", Code(Printed.Expect(2, ["score", "m@7", Named("in.ndjson"), Named("out.csv"), .. There])));
        Assert.False(File.Exists(Named("strict.csv")));
    }

    private static void Check(JsonObject document)
    {
        Assert.Equal((Rows + 1L, (long)Rows, 1L, 1), ((long)document["rows"]!, (long)document["scored"]!, (long)document["rejected"]!, (int)document["version"]!));
        Assert.EndsWith(".rejected.csv", (string)document["rejected_out"]!, StringComparison.Ordinal);
    }

    private static string Code(JsonObject document) => (string)document["errors"]![0]!["code"]!;

    private string Named(string name) => Path.Combine(folder, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Named(name))!);
        File.WriteAllText(Named(name), text);
    }
}
