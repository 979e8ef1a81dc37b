using System.Text;

namespace Flyball.Tests.Protocols.Mlflow;

/// <summary>Requests that made servers of this protocol give away or overwrite files: each is refused with 4xx, and nothing outside of the store is touched.</summary>
[Collection(MlflowTests.Name)]
public sealed class HostileArtifactTests(MlflowServer server)
{
    private const string Files = "/api/2.0/mlflow-artifacts/artifacts/";

    private static readonly string[] Tails =
    [
        "../../../../../../etc/passwd", "1/../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "%252e%252e%252f%252e%252e%252fetc%252fpasswd", "%25252e%25252e/etc/passwd", "..%5c..%5cetc%5cpasswd", "..\\..\\etc\\passwd", "1/..%255c..%255cetc", "/etc/passwd", "//proc/self/root/etc/passwd", "%2fetc%2fpasswd",
        "C:%5cwindows%5cwin.ini", "c:/windows/win.ini", "1/a%00b", "1/a%23/../../etc/passwd", "1/a%3f/../x", "1/a%3b/../x", "1/a;x=/../../etc/passwd", "1/a%3bx", "1/a%0d%0aX: y", "1/%E2%80%AEtxt.exe", "1/zero%E2%80%8Bwidth",
        "1/./a", "1//a", "1/CON", "1/nul.txt", "1/a.", "1/a%20/b", "sealed/" + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/x", "..", "%2e%2e",
    ];

    public static TheoryData<string, string> Attacks()
    {
        var attacks = new TheoryData<string, string>();
        foreach (var method in (string[])["GET", "PUT", "DELETE"])
        {
            foreach (var tail in Tails)
            {
                attacks.Add(method, tail);
            }
        }

        return attacks;
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task A_path_that_leaves_the_store_is_refused(string method, string tail)
    {
        var before = Everything();

        var (status, answer) = await server.RawAsync(method, Files + tail, method == "PUT" ? "owned" : null);

        Assert.InRange(status, 400, 499);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        Assert.Equal(before, Everything());
    }

    [Theory]
    [InlineData("a/..")]
    [InlineData("a/../")]
    [InlineData("a/%2e%2e")]
    [InlineData("a/../../artifacts")]
    [InlineData("..%2fartifacts")]
    public async Task The_listing_of_the_root_is_no_answer_to_a_path_that_climbs(string tail)
    {
        var (status, answer) = await server.RawAsync("GET", Files + tail);
        Assert.InRange(status, 400, 499);
        Assert.DoesNotContain("\"files\"", answer, StringComparison.Ordinal);
        Assert.Equal(200, (await server.RawAsync("GET", Files.TrimEnd('/'))).Status);
    }

    [Theory]
    [InlineData("/get-artifact?run_uuid={0}&path=../../../../etc/passwd", 400)]
    [InlineData("/get-artifact?run_uuid={0}&path=%2fetc%2fpasswd", 400)]
    [InlineData("/get-artifact?run_uuid={0}&path=..%5c..%5cx", 400)]
    [InlineData("/get-artifact?run_uuid={0}&path=a%3f/a", 400)]
    [InlineData("/get-artifact?run_uuid={0}", 400)]
    [InlineData("/get-artifact?run_uuid={0}&path=absent", 404)]
    [InlineData("/get-artifact?run_uuid=../..&path=x", 404)]
    [InlineData("/api/2.0/mlflow/artifacts/list?run_id={0}&path=../..", 400)]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts?path=..%2f..", 400)]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts?path=%252e%252e%252f", 400)]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts?path=/etc", 400)]
    [InlineData("/api/2.0/mlflow-artifacts/artifacts?path=a%5cb", 400)]
    [InlineData("/ajax-api/2.0/mlflow/logged-models/m-x/artifacts/files?artifact_file_path=../x", 404)]
    [InlineData("/model-versions/get-artifact?name=x&version=1&path=passwd", 404)]
    [InlineData("/ajax-api/2.0/mlflow/gateway-proxy?gateway_path=http://internal", 404)]
    [InlineData("/graphql", 404)]
    public async Task So_is_one_in_a_query(string target, int expected)
    {
        var run = MlflowServer.Text(await server.RunAsync("0"), "run_id");

        var (status, answer) = await server.RawAsync("GET", string.Format(System.Globalization.CultureInfo.InvariantCulture, target, run));

        Assert.Equal(expected, status);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/")]
    [InlineData("/etc")]
    [InlineData("//proc/self/root/etc")]
    [InlineData("file://./../etc")]
    [InlineData("..\\etc")]
    [InlineData("relative/path")]
    [InlineData("http:///#/../../etc/")]
    [InlineData("http://foo/bar?../../etc")]
    [InlineData("dbfs:/etc")]
    [InlineData("s3://bucket/../x")]
    [InlineData("mlflow-artifacts:/../../etc")]
    [InlineData("mlflow-artifacts:/%2e%2e/x")]
    [InlineData("mlflow-artifacts:/a;x/../b")]
    [InlineData("mlflow-artifacts:/")]
    [InlineData("mlflow-artifacts:/sealed")]
    [InlineData("mlflow-artifacts:/sealed/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("runs:/../x")]
    [InlineData("models:/../x")]
    public async Task A_version_is_not_made_of_files_elsewhere_not_even_a_prompts(string source)
    {
        var name = server.Name("hostile");
        await server.PostAsync("/registered-models/create", new { name, tags = new[] { new { key = "mlflow.prompt.is_prompt", value = "true" } } });

        foreach (var tags in (object[][])[[], [new { key = "mlflow.prompt.is_prompt", value = "true" }]])
        {
            var (status, code, _) = await server.RefusedAsync(HttpMethod.Post, "/model-versions/create", new { name, source, tags });
            Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (status, code));
        }

        Assert.Empty(await server.GetAsync($"/model-versions/search?filter={Uri.EscapeDataString($"name='{name}' AND tag.`mlflow.prompt.is_prompt` = 'true'")}"));
    }

    [Theory]
    [InlineData("file:///etc")]
    [InlineData("http:///#/../../etc/")]
    [InlineData("dbfs:/")]
    [InlineData("runs:/x")]
    [InlineData("mlflow-artifacts:/sealed/x")]
    [InlineData("mlflow-artifacts:/a/../../b")]
    [InlineData("relative")]
    public async Task An_experiment_does_not_lie_elsewhere(string location)
    {
        var (status, code, _) = await server.RefusedAsync(HttpMethod.Post, "/experiments/create", new { name = server.Name("elsewhere"), artifact_location = location });

        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (status, code));
    }

    [Fact]
    public async Task A_pickle_is_kept_as_bytes_and_sent_as_an_attachment()
    {
        var uri = MlflowServer.Text(await server.RunAsync("0"), "artifact_uri");
        var pickle = Encoding.Latin1.GetBytes("\u0080\u0004cposix\nsystem\n(S'touch /tmp/owned'\ntR.");
        await server.PutAsync($"{uri}/model/<script>.html", pickle);
        await server.PutAsync($"{uri}/model/model.pkl", pickle);

        foreach (var file in (string[])["model.pkl", "<script>.html"])
        {
            using var response = await server.Client.GetAsync(new Uri(MlflowServer.FileOf($"{uri}/model/{file}"), UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(pickle, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task A_file_is_no_folder_and_a_folder_no_file()
    {
        var uri = MlflowServer.Text(await server.RunAsync("0"), "artifact_uri");
        await server.PutAsync($"{uri}/a/b", [1]);

        Assert.Equal(400, (await server.RawAsync("PUT", MlflowServer.FileOf($"{uri}/a/b/c"), "x")).Status);
        Assert.Equal(400, (await server.RawAsync("PUT", MlflowServer.FileOf($"{uri}/a"), "x")).Status);
        Assert.Equal([1], await server.FileAsync($"{uri}/a/b"));
    }

    /// <summary>What lies in the data directory's parent, but for what this server's own log, catalog and audit files do.</summary>
    private string[] Everything()
    {
        var data = server.Host.Workspace.Directory.Root;
        return [.. Directory.EnumerateFiles(Path.GetDirectoryName(data)!, "*", SearchOption.AllDirectories)
            .Where(f => f.Contains("/blobs/", StringComparison.Ordinal) || !f.StartsWith(data + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }
}
