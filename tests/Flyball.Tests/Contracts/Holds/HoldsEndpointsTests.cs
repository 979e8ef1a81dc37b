using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Tests.Contracts.Quarantine;

namespace Flyball.Tests.Contracts.Holds;

public sealed class HoldsEndpointsTests
{
    [Fact]
    public async Task A_held_batch_is_listed_shown_and_released_over_http()
    {
        await using var fixture = new DeskFixture();
        using var client = await fixture.ServeAsync();
        var held = (await fixture.Logs.HoldAsync("transactions", [LogFixture.Transaction(1), LogFixture.Transaction(2), "{}"])).Report!;

        var listed = (await GetAsync(client, "/v1/holds/transactions"))["batches"]!.AsArray();
        var shown = await GetAsync(client, $"/v1/holds/transactions/{held.Batch}?limit=1");
        var rest = await GetAsync(client, $"/v1/holds/transactions/{held.Batch}?after={shown["next"]}");

        Assert.Equal((held.Batch, 2, 3, 1), ((string)listed[0]!["batch"]!, (int)listed[0]!["rows"]!, (int)listed[0]!["received"]!, (int)listed[0]!["quarantined"]!));
        Assert.Equal("hold", (string)shown["findings"]![0]!["outcome"]!);
        Assert.Equal(1, (int)Assert.Single(shown["shown"]!.AsArray())!["row"]!["transaction_id"]!);
        Assert.Equal(2, (int)Assert.Single(rest["shown"]!.AsArray())!["row"]!["transaction_id"]!);
        Assert.Equal((HttpStatusCode.BadRequest, "FLY3002"), await PostAsync(client, $"/v1/holds/transactions/{held.Batch}/release", """{"reason":" "}"""));
        Assert.Equal((HttpStatusCode.NotFound, "FLY4004"), await PostAsync(client, "/v1/holds/transactions/none/release", """{"reason":"x"}"""));
        Assert.Equal((HttpStatusCode.NotFound, "FLY4004"), await PostAsync(client, "/v1/holds/none/x/discard", """{"reason":"x"}"""));
        Assert.Empty(fixture.Logs.Seen);

        Assert.Equal((HttpStatusCode.OK, null), await PostAsync(client, $"/v1/holds/transactions/{held.Batch}/release", """{"reason":"a sale"}"""));
        Assert.Equal((HttpStatusCode.Conflict, "FLY4093"), await PostAsync(client, $"/v1/holds/transactions/{held.Batch}/discard", """{"reason":"x"}"""));
        Assert.Equal(2, fixture.Logs.Seen.Count);
        Assert.Empty((await GetAsync(client, "/v1/holds/transactions"))["batches"]!.AsArray());
        Assert.Single((await GetAsync(client, "/v1/holds/transactions?state=released"))["batches"]!.AsArray());
        Assert.Equal("a sale", (string)(await GetAsync(client, $"/v1/holds/transactions/{held.Batch}"))["decisions"]![0]!["reason"]!);
    }

    private static async Task<JsonObject> GetAsync(HttpClient client, string path) => JsonNode.Parse(await client.GetStringAsync(path))!.AsObject();

    private static async Task<(HttpStatusCode Status, string? Code)> PostAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(path, content);
        return (response.StatusCode, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]);
    }
}
