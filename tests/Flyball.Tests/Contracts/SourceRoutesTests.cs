using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Engine.Identity;
using Flyball.Tests.Contracts.Quarantine;

namespace Flyball.Tests.Contracts;

/// <summary>Who may do what on the routes of quarantine, held batches and quality, and what they say to a wrong question.</summary>
public sealed class SourceRoutesTests : IAsyncLifetime
{
    private readonly DeskFixture fixture = new();
    private HttpClient client = null!;

    public async ValueTask InitializeAsync() => client = await fixture.ServeAsync(
        Key("reader", Permission.Read), Key("sender", Permission.WriteEvents), Key("operator", Permission.Read, Permission.Operate), Key("builder", Permission.Read, Permission.Build));

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await fixture.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "/v1/quarantine/transactions", Permission.Read)]
    [InlineData("GET", "/v1/quarantine/transactions/1", Permission.Read)]
    [InlineData("POST", "/v1/quarantine/transactions/release", Permission.Operate)]
    [InlineData("POST", "/v1/quarantine/transactions/discard", Permission.Operate)]
    [InlineData("GET", "/v1/holds/transactions", Permission.Read)]
    [InlineData("GET", "/v1/holds/transactions/none", Permission.Read)]
    [InlineData("POST", "/v1/holds/transactions/none/release", Permission.Operate)]
    [InlineData("POST", "/v1/holds/transactions/none/discard", Permission.Operate)]
    [InlineData("GET", "/v1/contracts/transactions/findings", Permission.Read)]
    [InlineData("GET", "/v1/contracts/transactions/reference", Permission.Read)]
    [InlineData("POST", "/v1/contracts/transactions/reference", Permission.Build)]
    public async Task A_route_lets_in_who_holds_its_permission_and_nobody_else(string method, string path, Permission needed)
    {
        var holders = new Dictionary<string, Permission[]> { ["reader"] = [Permission.Read], ["sender"] = [Permission.WriteEvents], ["operator"] = [Permission.Read, Permission.Operate], ["builder"] = [Permission.Read, Permission.Build] };

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(method, path, null)).Status);
        foreach (var (name, held) in holders.Where(h => !h.Value.Contains(needed)))
        {
            Assert.True((await SendAsync(method, path, name)).Status == HttpStatusCode.Forbidden, $"{name} {method} {path}");
        }

        // The reference needs a workspace, which this host has not: the permission is what is asked here.
        if (!path.EndsWith("/reference", StringComparison.Ordinal) || method == "GET")
        {
            foreach (var (name, _) in holders.Where(h => h.Value.Contains(needed)))
            {
                Assert.DoesNotContain((await SendAsync(method, path, name)).Status, new[] { HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized, HttpStatusCode.InternalServerError });
            }
        }
    }

    [Theory]
    [InlineData("GET", "/v1/quarantine/transaction")]
    [InlineData("GET", "/v1/quarantine/transaction/1")]
    [InlineData("POST", "/v1/quarantine/transaction/release")]
    [InlineData("GET", "/v1/holds/transaction")]
    [InlineData("GET", "/v1/holds/transaction/none")]
    [InlineData("POST", "/v1/holds/transaction/none/discard")]
    [InlineData("GET", "/v1/contracts/transaction/findings")]
    [InlineData("GET", "/v1/contracts/transaction/reference")]
    public async Task A_source_that_is_not_there_is_answered_alike_with_the_nearest_name(string method, string path)
    {
        var (status, answer) = await SendAsync(method, path, "operator");

        Assert.Equal((HttpStatusCode.NotFound, "FLY4004"), (status, (string)answer["code"]!));
        Assert.Contains("Did you mean 'transactions'?", (string)answer["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/quarantine/transactions", "limit=0")]
    [InlineData("/v1/quarantine/transactions", "limit=-5")]
    [InlineData("/v1/quarantine/transactions", "limit=1001")]
    [InlineData("/v1/quarantine/transactions", "after=-1")]
    [InlineData("/v1/quarantine/transactions", "state=odd")]
    [InlineData("/v1/holds/transactions", "state=odd")]
    [InlineData("/v1/holds/transactions/none", "limit=-1")]
    [InlineData("/v1/holds/transactions/none", "limit=1001")]
    [InlineData("/v1/holds/transactions/none", "after=-1")]
    [InlineData("/v1/contracts/transactions/findings", "limit=0")]
    [InlineData("/v1/contracts/transactions/findings", "limit=1001")]
    [InlineData("/v1/contracts/transactions/findings", "after=-1")]
    public async Task A_page_out_of_bounds_is_refused_and_the_parameter_is_named(string path, string query)
    {
        var (status, answer) = await SendAsync("GET", $"{path}?{query}", "reader");

        Assert.Equal((HttpStatusCode.BadRequest, "FLY3002"), (status, (string)answer["code"]!));
        Assert.Equal(query.Split('=')[0], (string)answer["errors"]![0]!["field"]!);
    }

    [Fact]
    public async Task Findings_and_the_reference_of_a_source_are_shown()
    {
        Assert.Equal((HttpStatusCode.NotFound, "FLY4004"), await CodeAsync("/v1/contracts/transactions/reference"));
        var path = Path.Combine(fixture.Logs.Folder, "r.csv");
        await File.WriteAllTextAsync(path, "transaction_id,event_time,customer_id,terminal_id,amount\n" + string.Concat(Enumerable.Range(0, 2_000).Select(i => $"{i},2018-04-01T00:00:00Z,{i % 9},3,{i % 100}\n")), TestContext.Current.CancellationToken);
        await EventImport.RunAsync(fixture.Log, "transactions", path, KnownAtPolicy.Assigned, LogFixture.Tester, null, default);

        var (status, reference) = await SendAsync("GET", "/v1/contracts/transactions/reference", "reader");
        var (_, findings) = await SendAsync("GET", "/v1/contracts/transactions/findings", "reader");

        Assert.Equal((HttpStatusCode.OK, 2_000), (status, (int)reference["rows"]!));
        Assert.Equal(("transactions", 0), ((string)findings["source"]!, findings["batches"]!.AsArray().Count));
    }

    private static ApiKey Key(string name, params Permission[] permissions) => new(name, Digest.Of("key of " + name), permissions.ToHashSet());

    private async Task<(HttpStatusCode, string)> CodeAsync(string path)
    {
        var (status, answer) = await SendAsync("GET", path, "reader");
        return (status, (string)answer["code"]!);
    }

    private async Task<(HttpStatusCode Status, JsonObject Answer)> SendAsync(string method, string path, string? name)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = name is null ? null : new AuthenticationHeaderValue("Bearer", "key of " + name);
        if (method == "POST")
        {
            request.Content = new StringContent("""{"reason":"x"}""", Encoding.UTF8, "application/json");
        }

        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length > 0 && text[0] == '{' ? JsonNode.Parse(text)!.AsObject() : []);
    }
}
