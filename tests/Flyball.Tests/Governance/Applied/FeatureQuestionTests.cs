using System.Net;

namespace Flyball.Tests.Governance.Applied;

/// <summary>Questions about features and lineage that have no answer; one server for all of them.</summary>
public sealed class FeatureQuestionTests(ServedWorld served) : IClassFixture<ServedWorld>
{
    [Theory]
    [InlineData("/v1/lineage", HttpStatusCode.BadRequest)]
    [InlineData("/v1/lineage?model=fraud&feature=a.b", HttpStatusCode.BadRequest)]
    [InlineData("/v1/lineage?feature=a.b", HttpStatusCode.NotFound)]
    [InlineData("/v1/lineage?request=nobody", HttpStatusCode.NotFound)]
    [InlineData("/v1/features/nothing.here", HttpStatusCode.NotFound)]
    [InlineData("/v1/models/fraud/parity", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_is_said(string path, HttpStatusCode expected)
    {
        using var client = new HttpClient { BaseAddress = served.World.Host!.Address };

        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("/v1/models/fraud/parity?sample=0")]
    [InlineData("/v1/models/fraud/parity?from=yesterday")]
    [InlineData("/v1/models/fraud/parity?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z")]
    [InlineData("/v1/models/fraud/feature-checks?to=tomorrow")]
    public async Task A_window_that_cannot_be_read_is_refused(string path) =>
        Assert.Equal((HttpStatusCode.BadRequest, "FLY3002"), await CodeAsync(path));

    private async Task<(HttpStatusCode, string?)> CodeAsync(string path)
    {
        var (status, body) = await served.World.PostAsync(path, "{}");
        return (status, (string?)body["code"]);
    }
}
