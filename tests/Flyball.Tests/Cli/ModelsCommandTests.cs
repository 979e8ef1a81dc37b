using System.Text.Json.Nodes;
using Flyball.Tests.Registry.Judging;

namespace Flyball.Tests.Cli;

/// <summary>Every command about versions at least once, against the server that holds the data directory.</summary>
[Collection(JudgeTests.Name)]
public sealed class ModelsCommandTests(JudgeServer server)
{
    private string[] There => ["--project", server.Project, "--data", server.Data];

    [Fact]
    public async Task Versions_are_judged_decided_about_and_taken_elsewhere()
    {
        var first = await server.LogBoosterAsync("c");
        Assert.Equal("FLY3343", Codes(Here(1, "models", "promote", $"c@{first}"))[0]);
        var judged = Here(0, "models", "judge", $"c@{first}", "--as", "cleo");
        Assert.Equal((first, "registered"), (judged["model_version"]!.GetValue<int>(), Text(judged, "state")));
        Assert.Equal("FLY3201", Codes(Here(1, "models", "approve", $"c@{first}", "--as", "ann"))[0]);
        Assert.Equal("approved", Text(Here(0, "models", "approve", $"c@{first}", "--as", "bob", "--reason", "good"), "state"));
        var second = await server.BundleAsync("c", 2);
        foreach (var version in (int[])[first, second])
        {
            Assert.Equal("Production", Text(Here(0, "models", "promote", $"c@{version}", "--as", "bob", "--reason", "good"), "stage"));
        }

        Assert.Equal(second, Here(0, "models", "show", "c@champion")["version"]!.GetValue<int>());
        Assert.Equal([first, second], Here(0, "models", "versions", "c")["versions"]!.AsArray().Select(v => v!["version"]!.GetValue<int>()));
        var listed = Here(0, "models", "list")["models"]!.AsArray().Single(m => Text(m!, "model") == "c")!;
        Assert.Equal((second, first), (listed["champion"]!.GetValue<int>(), listed["previous"]!.GetValue<int>()));
        Here(0, "models", "rollback", "c", "--as", "bob", "--reason", "worse");
        Assert.Equal(first, Here(0, "models", "show", "c@champion")["version"]!.GetValue<int>());
        var third = await server.LogAsync("c", ("model.pkl", [0x80]));
        Assert.Equal("FLY3391", Codes(Here(2, "models", "judge", $"c@{third}"))[0]);
        Assert.Equal("archived", Text(Here(0, "models", "retire", $"c@{third}", "--reason", "a pickle"), "state"));
        await TakenElsewhereAsync(first);
    }

    private async Task TakenElsewhereAsync(int version)
    {
        var file = server.FileNamed("c.flyball");
        Here(0, "models", "export", $"c@{version}", "--out", file);
        var key = server.FileNamed("signing.pem");
        await File.WriteAllTextAsync(key, await PemAsync(), TestContext.Current.CancellationToken);
        var wrong = server.FileNamed("wrong.pem");
        using (var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256))
        {
            await File.WriteAllTextAsync(wrong, other.ExportSubjectPublicKeyInfoPem(), TestContext.Current.CancellationToken);
        }

        var (host, data) = await server.ElsewhereAsync();
        await using (host)
        {
            string[] elsewhere = ["--project", server.Project, "--data", data];
            Assert.Equal("FLY3373", Codes(Printed.Expect(2, ["models", "import", file, "--key", wrong, .. elsewhere]))[0]);
            var imported = Printed.Expect(0, ["models", "import", file, "--key", key, "--as", "dora", .. elsewhere]);
            Assert.Equal((1, "registered"), (imported["version"]!.GetValue<int>(), Text(imported, "state")));
            Assert.Equal(Text(Here(0, "models", "show", $"c@{version}"), "digest"), Text(imported, "digest"));

            using var client = new HttpClient { BaseAddress = host.Address };
            var audit = JsonNode.Parse(await client.GetStringAsync(new Uri("/v1/audit?limit=1000", UriKind.Relative), TestContext.Current.CancellationToken))!["entries"]!.AsArray();
            var entry = Assert.Single(audit, e => (string?)e!["action"] == "version.register")!;
            Assert.Equal("dora", (string?)entry["actor"]);
            Assert.All(entry["details"]!["attestations"]!.AsArray(), a => Assert.True(a!["verified"]!.GetValue<bool>()));
            Assert.NotEmpty(entry["details"]!["attestations"]!.AsArray());
        }
    }

    private async Task<string> PemAsync()
    {
        var text = await server.Client.GetStringAsync(new Uri("/v1/keys/model-signing", UriKind.Relative), TestContext.Current.CancellationToken);
        return text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject().Select(m => (string?)m.Value).First(v => v?.StartsWith("-----BEGIN", StringComparison.Ordinal) == true)! : text;
    }

    private JsonObject Here(int exitCode, params string[] arguments) => Printed.Expect(exitCode, [.. arguments, .. There]);

    private static List<string> Codes(JsonObject refused) => [.. refused["errors"]!.AsArray().Select(e => e!["code"]!.GetValue<string>())];

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();
}
