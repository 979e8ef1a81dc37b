using System.Net;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Server.Hosting;

namespace Flyball.Tests.Access;

public sealed class AccessTests(AccessServers servers) : IClassFixture<AccessServers>
{
    [Theory]
    [InlineData(null)]
    [InlineData("localhost")]
    [InlineData("localhost:7878")]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9:80")]
    [InlineData("[::1]:7878")]
    public async Task Without_keys_a_request_to_a_loopback_host_passes(string? host)
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync(servers.Open, "/v1/features", ("Host", host)));
    }

    /// <summary>A page of another site can point a browser at this port under its own name.</summary>
    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:7878")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("192.0.2.7")]
    public async Task Without_keys_a_foreign_host_is_refused(string host)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(servers.Open, "/v1/features", ("Host", host)));
    }

    [Theory]
    [InlineData("ann", HttpStatusCode.OK)]
    [InlineData("ann.smith-2_x@example.com", HttpStatusCode.OK)]
    [InlineData("ann smith", HttpStatusCode.Unauthorized)]
    [InlineData("ann/../bob", HttpStatusCode.Unauthorized)]
    [InlineData("system:retraining", HttpStatusCode.Unauthorized)]
    [InlineData("ann,bob", HttpStatusCode.Unauthorized)]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("a123456789a123456789a123456789a123456789a123456789a1234567890abc4", HttpStatusCode.Unauthorized)]
    public async Task An_actor_states_a_plain_name_or_is_refused(string actor, HttpStatusCode expected)
    {
        Assert.Equal(expected, await AskAsync(servers.Open, "/v1/features", (AccessMiddleware.ActorHeader, actor)));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer a wrong key", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer ", HttpStatusCode.Unauthorized)]
    [InlineData("Basic reader", HttpStatusCode.Unauthorized)]
    [InlineData("reader", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer scorer", HttpStatusCode.Forbidden)]
    [InlineData("Bearer reader", HttpStatusCode.OK)]
    [InlineData("bearer reader", HttpStatusCode.OK)]
    public async Task With_keys_the_key_decides(string? authorization, HttpStatusCode expected)
    {
        Assert.Equal(expected, await AskAsync(servers.Keyed, "/v1/features", ("Authorization", authorization)));
    }

    [Fact]
    public async Task With_keys_an_actor_header_gives_no_one_a_name()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(servers.Keyed, "/v1/features", (AccessMiddleware.ActorHeader, "ann")));
    }

    /// <summary>A key for everything but what a route needs is refused there, and one for that alone gets past the door.</summary>
    [Fact]
    public async Task Routes_of_features_need_their_permission()
    {
        (string Method, string Path, Permission Needed)[] routes =
        [
            ("GET", "/v1/features/customer_activity/1", Permission.Read),
            ("POST", "/v1/features", Permission.Read),
            ("GET", "/v1/features", Permission.Read),
            ("POST", "/v1/features/history?view=customer_activity", Permission.Build),
            ("GET", "/v1/features/history/0000/result", Permission.Build),
            ("POST", "/v1/models/fraud/feature-checks", Permission.Operate),
            ("GET", "/v1/feature-findings", Permission.Read),
            ("POST", "/get-online-features", Permission.Read),
            ("POST", "/push", Permission.WriteEvents),
        ];
        var all = Enum.GetValues<Permission>().Where(p => p != Permission.Open).ToArray();
        await using var server = await ServerFixture.StartAsync(
            [.. all.Select(p => ($"but {p}", all.Where(other => other != p).ToArray())), .. all.Select(p => ($"only {p}", new[] { p }))]);
        foreach (var (method, path, needed) in routes)
        {
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, await StatusAsync(method, path, $"but {needed}")));
            Assert.DoesNotContain(await StatusAsync(method, path, $"only {needed}"), new[] { HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized });
        }

        async Task<HttpStatusCode> StatusAsync(string method, string path, string key)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.Add("Authorization", "Bearer " + key);
            request.Content = method == "POST" ? new StringContent("{}", System.Text.Encoding.UTF8, "application/json") : null;
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_word_of_a_history_that_was_given_twice_is_refused_and_named()
    {
        foreach (var (words, name) in new[] { ("horizon=1&horizon=2", "horizon"), ("mode=as_known&mode=as_corrected", "mode"), ("format=csv&format=csv", "format") })
        {
            using var spine = new StringContent("customer_id,event_time\n", System.Text.Encoding.UTF8, "text/csv");
            using var response = await servers.Open.Client.PostAsync($"/v1/features/history?view=customer_activity&{words}", spine, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains($"{name} was given more than once", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task With_keys_health_stays_open()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync(servers.Keyed, "/health/ready"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(servers.Keyed, "/v1/runs"));
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    [InlineData("http://192.0.2.7:0")]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0")]
    public async Task A_server_without_keys_refuses_to_listen_beyond_this_machine(string urls)
    {
        var refused = await Assert.ThrowsAsync<FlyballException>(() => ServerFixture.StartAsync(urls));

        Assert.Equal("FLY4010", refused.Problem.Code);
    }

    [Fact]
    public async Task A_server_with_keys_may_listen_everywhere()
    {
        await using var server = await ServerFixture.StartAsync("http://0.0.0.0:0", ("reader", [Permission.Read]));

        Assert.NotEqual(0, server.Host.Address.Port);
    }

    [Theory]
    [InlineData("""[{"name":"a","sha256":"12","permissions":["Read"]}]""")]
    [InlineData("""[{"name":"","sha256":"0000000000000000000000000000000000000000000000000000000000000000","permissions":[]}]""")]
    [InlineData("""[{"name":"a","sha256":"0000000000000000000000000000000000000000000000000000000000000000","permissions":["Everything"]}]""")]
    [InlineData("""[{"name":"a","sha256":"0000000000000000000000000000000000000000000000000000000000000000","permissions":["99"]}]""")]
    [InlineData("""[{"name":"a"}]""")]
    [InlineData("not json")]
    public async Task A_keys_file_that_is_not_understood_stops_the_start(string text)
    {
        using var project = new Workspaces.FraudProject();
        await File.WriteAllTextAsync(project["keys.json"], text, TestContext.Current.CancellationToken);
        var options = new FlyballHostOptions { Project = project.Folder, Data = project["data"], Urls = "http://127.0.0.1:0", BackgroundLoops = false, KeysFile = project["keys.json"] };

        var refused = await Assert.ThrowsAsync<FlyballException>(() => FlyballHost.StartAsync(options, TestContext.Current.CancellationToken));

        Assert.Equal("FLY4011", refused.Problem.Code);
    }

    private static async Task<HttpStatusCode> AskAsync(ServerFixture server, string path, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers.Where(h => h.Value is not null))
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
