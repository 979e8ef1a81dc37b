using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Flyball.Tests.Contracts.Quarantine;

public sealed class QuarantineEndpointsTests : IAsyncLifetime
{
    private readonly DeskFixture fixture = new();
    private HttpClient client = null!;

    public async ValueTask InitializeAsync() => client = await fixture.ServeAsync();

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task Rows_are_listed_by_state_and_rule_in_pages()
    {
        for (var i = 1; i <= 5; i++)
        {
            await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(i, -i), "{}");
        }

        await fixture.DiscardAsync(1, 2);

        var open = await GetAsync("/v1/quarantine/transactions?limit=3");
        Assert.Equal((8, "open"), ((int)open["total"]!, (string)open["state"]!));
        Assert.Equal([3L, 4L, 5L], Seqs(open));
        Assert.Equal([6L, 7L, 8L], Seqs(await GetAsync($"/v1/quarantine/transactions?limit=3&after={open["next"]}")));
        Assert.Null((await GetAsync("/v1/quarantine/transactions?limit=2&after=8"))["next"]);
        Assert.Equal([3L, 5L, 7L, 9L], Seqs(await GetAsync("/v1/quarantine/transactions?rule=FLY3103")));
        Assert.Equal([1L, 2L], Seqs(await GetAsync("/v1/quarantine/transactions?state=discarded")));
        Assert.Empty(Seqs(await GetAsync("/v1/quarantine/transactions?state=released")));
        Assert.Equal(10, Seqs(await GetAsync("/v1/quarantine/transactions?state=all")).Count);
        Assert.Equal("discarded", (string)(await GetAsync("/v1/quarantine/transactions/1"))["state"]!);
    }

    [Fact]
    public async Task A_release_shows_the_decision_and_the_row_that_went_in()
    {
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -1));

        var (status, decided) = await PostAsync("release", $$"""{"reason":"wrong sign","rows":[{"seq":1,"row":{{LogFixture.Transaction(1, 1)}}}]}""");
        var shown = await GetAsync("/v1/quarantine/transactions/1");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((1, 0), ((int)decided["released"]!, (int)decided["failed"]!));
        Assert.Equal(("released", "wrong sign", true), ((string)shown["state"]!, (string)shown["decision"]!["reason"]!, (bool)shown["edited"]!));
        Assert.Equal(2, (long)shown["released_as"]!);
        Assert.Equal(1, (double)shown["released_row"]!["amount"]!);
        Assert.NotEqual((string)shown["known_at"]!, (string)shown["first_known_at"]!);
    }

    [Theory]
    [InlineData("release", """{"seqs":[1]}""", 400, "FLY3002")]
    [InlineData("release", """{"reason":"  ","seqs":[1]}""", 400, "FLY3002")]
    [InlineData("release", """{"reason":"x"}""", 400, "FLY3002")]
    [InlineData("release", """{"reason":"x","seqs":[1],"all":true}""", 400, "FLY3002")]
    [InlineData("release", """{"reason":"x","rows":[{"seq":1,"row":5}]}""", 400, "FLY3002")]
    [InlineData("discard", """{"reason":"x","rows":[{"seq":1,"row":{}}]}""", 400, "FLY3002")]
    [InlineData("release", """{"reason":"x","seqs":[77]}""", 404, "FLY4004")]
    [InlineData("release", """{"reason":"x","rule":"FLY3199"}""", 404, "FLY4004")]
    [InlineData("release", """{"reason":"x","all":true}""", 409, "FLY4094")]
    public async Task A_decision_that_cannot_be_made_is_refused_and_changes_nothing(string verb, string body, int expected, string code)
    {
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -1));

        var (status, answer) = await PostAsync(verb, body);

        Assert.Equal((expected, code), ((int)status, (string)answer["code"]!));
        Assert.Equal([1L], fixture.Open());
        Assert.Empty(fixture.Audited);
        Assert.Empty(fixture.Logs.Seen);
    }

    [Fact]
    public async Task Another_decision_is_a_conflict()
    {
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -1));
        await PostAsync("discard", """{"reason":"x","all":true}""");

        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync("release", """{"reason":"x","seqs":[1]}""")).Status);
        Assert.Equal((HttpStatusCode.OK, true), ((await PostAsync("discard", """{"reason":"y","seqs":[1]}""")).Status, (bool)(await PostAsync("discard", """{"reason":"y","seqs":[1]}""")).Answer["replayed"]!));
    }

    private static List<long> Seqs(JsonObject list) => [.. list["rows"]!.AsArray().Select(r => (long)r!["seq"]!)];

    private async Task<JsonObject> GetAsync(string path) => JsonNode.Parse(await client.GetStringAsync(path))!.AsObject();

    private async Task<(HttpStatusCode Status, JsonObject Answer)> PostAsync(string verb, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/v1/quarantine/transactions/" + verb, content);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject());
    }
}
