using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flyball.Governance.Readiness;
using Flyball.Tests.Access;

namespace Flyball.Tests.Governance.Readiness;

public sealed class ReadinessEndpointsTests(AccessServers servers) : IClassFixture<AccessServers>
{
    [Fact]
    public async Task A_model_without_a_version_lacks_what_versions_bring_and_takes_no_document()
    {
        await using var server = await ServerFixture.StartAsync();

        var before = await server.Client.GetFromJsonAsync<JsonObject>("/v1/models/fraud/readiness", TestContext.Current.CancellationToken);
        using var document = new ByteArrayContent("a study"u8.ToArray());
        using var attached = await server.Client.PostAsync(new Uri("/v1/models/fraud/readiness/evidence?test=model.2&name=study.md&reason=an%20experiment", UriKind.Relative), document, TestContext.Current.CancellationToken);
        var after = await server.Client.GetFromJsonAsync<JsonObject>("/v1/models/fraud/readiness", TestContext.Current.CancellationToken);

        Assert.Equal(("high", false), ((string)before!["risk"]!, (bool)before["ready"]!));
        Assert.Equal(HttpStatusCode.BadRequest, attached.StatusCode);
        Assert.Contains("FLY3386", await attached.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal((0.0, 0.0), (Points(before), Points(after!)));

        static double Points(JsonObject answer) => (double)answer["ml_test_score"]!["tests"]!.AsArray().Single(t => (string)t!["id"]! == "model.2")!["points"]!;
    }

    [Theory]
    [InlineData("fraud", "data.9", "why", 1, 400, "FLY3380")]
    [InlineData("fraud", "data.2", "", 1, 400, "FLY3381")]
    [InlineData("fraud", "data.2", "why", 0, 400, "FLY3382")]
    [InlineData("fraud", "data.2", "why", AttachedEvidenceStore.MostBytes + 1, 400, "FLY3382")]
    [InlineData("nothing", "data.2", "why", 1, 404, "FLY4004")]
    public async Task What_cannot_be_attached_is_refused(string model, string test, string reason, int bytes, int status, string code)
    {
        using var document = new ByteArrayContent(new byte[bytes]);

        using var refused = await servers.Open.Client.PostAsync(new Uri($"/v1/models/{model}/readiness/evidence?test={test}&name=a.md&reason={reason}", UriKind.Relative), document, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)refused.StatusCode);
        Assert.Contains(code, await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/models/nothing/readiness")]
    [InlineData("/v1/models/fraud/versions/1/readiness")]
    [InlineData("/v1/models/fraud/versions/1/card")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        using var answer = await servers.Open.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
