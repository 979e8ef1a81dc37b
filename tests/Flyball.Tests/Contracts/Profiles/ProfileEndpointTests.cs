using System.Net;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Profiles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Contracts.Profiles;

public sealed class ProfileEndpointTests : IAsyncLifetime
{
    private readonly ProfileFixture fixture = new();
    private WebApplication app = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        app = await ContractsHost.StartAsync(services => services.AddSingleton(fixture.Log).AddSingleton(TimeProvider.System).AddSourceProfiles(fixture.Profiles));
        client = app.GetTestClient();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task The_profile_of_a_span_of_days_is_merged()
    {
        await fixture.IngestAsync(1, Enumerable.Range(0, 72));

        var (status, answer) = await GetAsync("/v1/contracts/transactions/profile?from=2018-04-02&to=2018-04-04");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((2, 48, "2018-04-02", "2018-04-03"), ((int)answer["days"]!, (int)answer["rows"]!, (string)answer["first_day"]!, (string)answer["last_day"]!));
        var columns = answer["columns"]!.AsArray().ToDictionary(c => (string)c!["name"]!, c => c!.AsObject());
        Assert.Equal((25, 72), ((int)columns["transaction_id"]["min"]!, (int)columns["transaction_id"]["max"]!));
        Assert.Equal("2018-04-02T00:00:00Z", (string)columns["event_time"]["min"]!);
        Assert.Equal(5, columns["customer_id"]["frequent"]!.AsArray().Count);
        Assert.Equal(48, (int)columns["amount"]["distinct"]!);
    }

    [Theory]
    [InlineData("from=2018-04-31")]
    [InlineData("to=yesterday")]
    [InlineData("from=2018-04-02&to=2018-04-02")]
    public async Task Days_that_make_no_span_are_refused(string query)
    {
        var (status, answer) = await GetAsync("/v1/contracts/transactions/profile?" + query);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("FLY3040", (string)answer["errors"]![0]!["code"]!);
    }

    [Fact]
    public async Task A_source_without_rows_has_an_empty_profile_and_no_source_has_none()
    {
        Assert.Equal(0, (int)(await GetAsync("/v1/contracts/transactions/profile")).Answer["rows"]!);
        var (status, answer) = await GetAsync("/v1/contracts/transaction/profile");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("transactions", answer.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_the_host_writes_the_profiles()
    {
        await fixture.IngestAsync(1, 1, 2);
        Assert.Empty(fixture.Files);

        await app.StopAsync();

        Assert.Equal(["2018-04-01.json"], fixture.Files.Select(Path.GetFileName));
    }

    private async Task<(HttpStatusCode Status, JsonObject Answer)> GetAsync(string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject());
    }
}
