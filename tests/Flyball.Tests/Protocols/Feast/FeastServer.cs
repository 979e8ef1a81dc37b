using System.Text;
using System.Text.Json.Nodes;
using Flyball.Tests.Access;

namespace Flyball.Tests.Protocols.Feast;

/// <summary>A server that holds a few payments, one for all tests of a class that store nothing more.</summary>
public sealed class FeastServer : IAsyncLifetime
{
    private static readonly DateTimeOffset Begun = TimeProvider.System.GetUtcNow();

    /// <summary>Two payments of customer 7 in the last hours, and one of customer 8 two months ago.</summary>
    internal static JsonObject Payments(long firstId = 1, long customer = 7) => new()
    {
        ["transaction_id"] = new JsonArray(firstId, firstId + 1, firstId + 2),
        ["event_time"] = new JsonArray(Hour(-3), Hour(-1), Day(-60)),
        ["customer_id"] = new JsonArray(customer, customer, customer + 1),
        ["terminal_id"] = new JsonArray(3, 3, 3),
        ["amount"] = new JsonArray(12, 22.5, 5),
    };

    internal static string Push(string source, JsonObject rows) =>
        new JsonObject { ["push_source_name"] = source, ["df"] = rows.DeepClone(), ["to"] = "online_and_offline", ["allow_registry_cache"] = true, ["transform_on_write"] = true }.ToJsonString();

    internal static string Hour(int hours) => Text(Begun.AddHours(hours));

    internal static string Day(int days) => Text(Begun.AddDays(days));

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    internal ServerFixture Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Another one, for a test that stores more.</summary>
    internal static async Task<ServerFixture> StartAsync()
    {
        var server = await ServerFixture.StartAsync();
        var (status, body) = await PostAsync(server, "/push", Push("transactions", Payments()));
        Assert.True(status == 200, body);
        return server;
    }

    internal static async Task<(int Status, string Body)> PostAsync(ServerFixture server, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
