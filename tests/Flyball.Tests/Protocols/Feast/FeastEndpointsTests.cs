using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Tests.Access;

namespace Flyball.Tests.Protocols.Feast;

/// <summary>The routes as a Feast client calls them, against the real server with the fraud example.</summary>
public sealed class FeastEndpointsTests(FeastServer feast) : IClassFixture<FeastServer>
{
    private ServerFixture server = feast.Server;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_has_one_object_a_feature_with_a_value_a_status_and_a_time_for_each_entity()
    {
        var answer = await ReadAsync("""{"entities":{"customer_id":[7,8,99]},"features":["customer_activity:count_1d","customer_activity:amount_max_7d"]}""");

        Assert.Equal("""["customer_id","count_1d","amount_max_7d"]""", answer["metadata"]!["feature_names"]!.ToJsonString());
        var results = answer["results"]!.AsArray();
        Assert.Equal(3, results.Count);
        Assert.Equal("""{"values":[7,8,99],"statuses":["PRESENT","PRESENT","PRESENT"],"event_timestamps":["1970-01-01T00:00:00Z","1970-01-01T00:00:00Z","1970-01-01T00:00:00Z"]}""", results[0]!.ToJsonString());
        Assert.Equal("[2,0,0]", results[1]!["values"]!.ToJsonString());
        Assert.Equal("""["PRESENT","PRESENT","PRESENT"]""", results[1]!["statuses"]!.ToJsonString());
        Assert.Equal("[22.5,null,null]", results[2]!["values"]!.ToJsonString());
        Assert.Equal("""["PRESENT","OUTSIDE_MAX_AGE","NOT_FOUND"]""", results[2]!["statuses"]!.ToJsonString());
        Assert.Equal($"""["{FeastServer.Hour(-1)}","{FeastServer.Day(-60)}","1970-01-01T00:00:00Z"]""", results[2]!["event_timestamps"]!.ToJsonString());
        Assert.Null(answer["status"]);
    }

    [Theory]
    [InlineData("/get-online-features", """{"features":["customer_activity:count_1d"],"entities":{"customer_id":["\ud800"]}}""")]
    [InlineData("/get-online-features", """{"features":["customer_activity:\ud800"],"entities":{"customer_id":[7]}}""")]
    [InlineData("/get-online-features", """{"\ud800":1}""")]
    [InlineData("/push", """{"push_source_name":"\ud800","df":{"transaction_id":[1]}}""")]
    [InlineData("/push", """{"push_source_name":"transactions","df":{"\ud800":[1]}}""")]
    public async Task Half_a_character_is_refused(string route, string body)
    {
        var (status, answer) = await PostAsync(route, body);

        Assert.Equal(400, status);
        Assert.Contains("FLY3001", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Full_names_carry_the_view()
    {
        var answer = await ReadAsync("""{"entities":{"customer_id":[7],"terminal_id":[3]},"features":["customer_activity:count_1d","terminal_risk:count_1d"],"full_feature_names":true}""");

        Assert.Equal("""["customer_id","terminal_id","customer_activity__count_1d","terminal_risk__count_1d"]""", answer["metadata"]!["feature_names"]!.ToJsonString());
        Assert.Equal("[2]", answer["results"]![2]!["values"]!.ToJsonString());
        Assert.Equal("[2]", answer["results"]![3]!["values"]!.ToJsonString());
    }

    [Fact]
    public async Task A_model_is_a_feature_service_and_its_request_columns_come_with_the_entities()
    {
        var answer = await ReadAsync("""{"entities":{"customer_id":[7],"terminal_id":[3],"amount":[45]},"feature_service":"fraud","full_feature_names":true}""");

        var names = answer["metadata"]!["feature_names"]!.AsArray().Select(n => n!.GetValue<string>()).ToList();
        Assert.Equal(45, answer["results"]![names.IndexOf("transaction__amount")]!["values"]![0]!.GetValue<double>());
        Assert.Equal(2, answer["results"]![names.IndexOf("customer_activity__count_1d")]!["values"]![0]!.GetValue<long>());
        Assert.Equal(45 / 17.25, answer["results"]![names.IndexOf("transaction__amount_vs_mean_7d")]!["values"]![0]!.GetValue<double>());
        Assert.Equal(answer["results"]!.AsArray().Count, names.Count);
    }

    [Theory]
    [InlineData("""{"entities":{"customer_id":[7]},"features":["customer_activity:count_1"]}""", "FLY3180")]
    [InlineData("""{"entities":{"customer_id":[7]},"features":["nobody:count_1d"]}""", "FLY3180")]
    [InlineData("""{"entities":{"customer_id":[7]},"features":["transaction:amount"]}""", "FLY3180")]
    [InlineData("""{"entities":{"terminal_id":[7]},"features":["customer_activity:count_1d"]}""", "FLY3182")]
    [InlineData("""{"entities":{"customer_id":[7],"terminal_id":[1,2]},"features":["customer_activity:count_1d"]}""", "FLY3182")]
    [InlineData("""{"entities":{"customer_id":7},"features":["customer_activity:count_1d"]}""", "FLY3182")]
    [InlineData("""{"entities":{"customer_id":[[7]]},"features":["customer_activity:count_1d"]}""", "FLY3182")]
    [InlineData("""{"entities":{"customer_id":["7"]},"features":["customer_activity:count_1d"]}""", "FLY3183")]
    [InlineData("""{"entities":{"customer_id":[7.5]},"features":["customer_activity:count_1d"]}""", "FLY3183")]
    [InlineData("""{"entities":{"customer_id":[7]},"features":[]}""", "FLY3182")]
    [InlineData("""{"entities":{"customer_id":[7]}}""", "FLY3184")]
    [InlineData("""{"features":["customer_activity:count_1d"]}""", "FLY3184")]
    [InlineData("""{"entities":{"customer_id":[7]},"feature_service":"nothing"}""", "FLY3184")]
    [InlineData("""{"entities":{"customer_id":[7]},"feature_service":"fraud"}""", "FLY3182")]
    [InlineData("""{"entities":{"customer_id":[7]},"feature_service":"fraud","features":["customer_activity:count_1d"]}""", "FLY3184")]
    [InlineData("""{"entities":{"customer_id":[7]},"features":["customer_activity:count_1d"],"return_expired":true}""", "FLY3184")]
    [InlineData("""{"entities":{"customer_id":[7],"terminal_id":[1]},"features":["customer_activity:count_1d","terminal_risk:count_1d"]}""", "FLY3184")]
    [InlineData("[]", "FLY3184")]
    public async Task What_cannot_be_answered_is_refused_with_a_typed_problem(string body, string code)
    {
        var (status, answer) = await PostAsync("/get-online-features", body);

        Assert.Equal(422, status);
        Assert.Equal(code, JsonNode.Parse(answer)!["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/get-online-features")]
    [InlineData("/push")]
    [InlineData("/write-to-online-store")]
    [InlineData("/v1/features")]
    public async Task What_is_no_json_is_a_malformed_request(string path)
    {
        foreach (var body in (string[])["", "{", "{\"entities\":", "\"", "{}x"])
        {
            var (status, answer) = await PostAsync(path, body);

            Assert.True(status is 400 or 422, $"'{body}': {status} {answer}");
        }

        Assert.Equal("FLY3001", JsonNode.Parse((await PostAsync(path, "{\"")).Body)!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Options_that_are_off_are_taken()
    {
        var (status, body) = await PostAsync(
            "/get-online-features",
            """{"entities":{"customer_id":[7]},"features":["customer_activity:count_1d"],"full_feature_names":false,"include_feature_view_version_metadata":false,"return_expired":false,"query_embedding":null}""");

        Assert.True(status == 200, body);
    }

    [Fact]
    public async Task A_push_with_a_bad_row_stores_the_others_and_says_which_is_not_in()
    {
        await using var own = await FeastServer.StartAsync();
        server = own;
        var rows = new JsonObject
        {
            ["transaction_id"] = new JsonArray(501, 502, 503),
            ["event_time"] = new JsonArray(FeastServer.Hour(-2), FeastServer.Hour(-2), FeastServer.Hour(-2)),
            ["customer_id"] = new JsonArray(20, 20, 20),
            ["terminal_id"] = new JsonArray(1, 1, 1),
            ["amount"] = new JsonArray(1, -4, 2),
        };

        var (status, body) = await PostAsync("/push", FeastServer.Push("transactions", rows));

        var answer = JsonNode.Parse(body)!;
        Assert.Equal(422, status);
        Assert.Equal("FLY3185", answer["code"]!.GetValue<string>());
        Assert.Equal(2, answer["accepted"]!.GetValue<int>());
        Assert.Equal(1, answer["quarantined"]!.GetValue<int>());
        Assert.Equal("df.amount[1]", answer["errors"]![1]!["field"]!.GetValue<string>());
        Assert.Equal("[2]", (await ReadAsync("""{"entities":{"customer_id":[20]},"features":["customer_activity:count_1d"]}"""))["results"]![1]!["values"]!.ToJsonString());
    }

    [Fact]
    public async Task A_row_that_is_pushed_twice_is_stored_once()
    {
        Assert.Equal((200, ""), await PostAsync("/push", FeastServer.Push("transactions", FeastServer.Payments())));

        Assert.Equal("[2]", (await ReadAsync("""{"entities":{"customer_id":[7]},"features":["customer_activity:count_1d"]}"""))["results"]![1]!["values"]!.ToJsonString());
    }

    [Fact]
    public async Task Rows_can_be_written_by_the_name_of_a_view()
    {
        await using var own = await FeastServer.StartAsync();
        server = own;
        var body = new JsonObject { ["feature_view_name"] = "customer_activity", ["df"] = FeastServer.Payments(firstId: 700, customer: 30), ["allow_registry_cache"] = true };

        var (status, answer) = await PostAsync("/write-to-online-store", body.ToJsonString());

        Assert.True(status == 200, answer);
        Assert.Equal("[2]", (await ReadAsync("""{"entities":{"customer_id":[30]},"features":["customer_activity:count_1d"]}"""))["results"]![1]!["values"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"push_source_name":"nothing","df":{"a":[1]}}""")]
    [InlineData("""{"push_source_name":"transactions","df":{"a":[1],"b":[]}}""")]
    [InlineData("""{"push_source_name":"transactions","df":{}}""")]
    [InlineData("""{"push_source_name":"transactions","df":[1]}""")]
    [InlineData("""{"push_source_name":"transactions","df":{"a":[1]},"to":"nowhere"}""")]
    [InlineData("""{"push_source_name":"transactions"}""")]
    [InlineData("""{"df":{"a":[1]}}""")]
    public async Task A_push_of_another_shape_is_refused_and_stores_nothing(string body)
    {
        var before = await HorizonAsync();

        var (status, answer) = await PostAsync("/push", body);

        Assert.Equal(422, status);
        Assert.Equal("FLY3184", JsonNode.Parse(answer)!["code"]!.GetValue<string>());
        Assert.Equal(before, await HorizonAsync());
    }

    [Fact]
    public async Task Health_is_good_in_a_word()
    {
        using var response = await server.Client.GetAsync(new Uri("/health", UriKind.Relative), Stop);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("OK", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Reading_is_not_pushing()
    {
        await using var locked = await ServerFixture.StartAsync(("reader-key-0123456789", [Permission.Read]));
        locked.Client.DefaultRequestHeaders.Authorization = new("Bearer", "reader-key-0123456789");
        using var content = new StringContent(FeastServer.Push("transactions", FeastServer.Payments()), Encoding.UTF8, "application/json");

        using var push = await locked.Client.PostAsync(new Uri("/push", UriKind.Relative), content, Stop);
        using var read = await locked.Client.PostAsJsonAsync(
            new Uri("/get-online-features", UriKind.Relative), new { entities = new { customer_id = new[] { 1 } }, features = new[] { "customer_activity:count_1d" } }, Stop);

        Assert.Equal(HttpStatusCode.Forbidden, push.StatusCode);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task The_own_route_gives_the_same_values_at_any_instant()
    {
        var (status, body) = await PostAsync("/v1/features", $$$"""{"features":["customer_activity.*"],"keys":{"customer_id":[7,99]},"at":"{{{FeastServer.Day(1)}}}"}""");

        Assert.True(status == 200, body);
        var answer = JsonNode.Parse(body)!;
        var single = JsonNode.Parse(await server.Client.GetStringAsync(new Uri($"/v1/features/customer_activity/7?at={Uri.EscapeDataString(FeastServer.Day(1))}", UriKind.Relative), Stop))!;
        Assert.Equal(10, answer["features"]!.AsArray().Count);
        foreach (var feature in answer["features"]!.AsArray())
        {
            var name = feature!["name"]!.GetValue<string>().Split('.')[1];
            Assert.Equal(single["values"]![name]?.ToJsonString(), feature["values"]![0]?.ToJsonString());
            Assert.Equal(single["statuses"]![name]!.ToJsonString(), feature["statuses"]![0]!.ToJsonString());
            Assert.True(feature["values"]![1] is null || name.StartsWith("count", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_views_hold_is_reported()
    {
        var list = JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/v1/features", UriKind.Relative), Stop))!;
        var metrics = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Stop);

        var online = list["views"]!.AsArray().First(v => v!["view"]!.GetValue<string>() == "customer_activity")!["online"]!;
        Assert.Equal(2, online["entities"]!.GetValue<long>());
        Assert.Equal(3, online["rows"]!.GetValue<long>());
        Assert.True(online["bytes"]!.GetValue<long>() > 300);
        Assert.Contains("flyball_features_rows{view=\"customer_activity\"} 3\n", metrics, StringComparison.Ordinal);
        Assert.Contains("flyball_features_entities{view=\"customer_activity\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("flyball_features_trimmed_total{view=\"customer_activity\"} 0\n", metrics, StringComparison.Ordinal);
    }

    private async Task<JsonNode> ReadAsync(string body)
    {
        var (status, answer) = await PostAsync("/get-online-features", body);
        Assert.True(status == 200, answer);
        return JsonNode.Parse(answer)!;
    }

    private Task<(int Status, string Body)> PostAsync(string path, string body) => FeastServer.PostAsync(server, path, body);

    private async Task<long> HorizonAsync() =>
        JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/health/ready", UriKind.Relative), Stop))!["horizon"]!.GetValue<long>();
}
