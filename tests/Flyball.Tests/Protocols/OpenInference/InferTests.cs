using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Serving;

namespace Flyball.Tests.Protocols.OpenInference;

[Collection(InferenceTests.Name)]
public sealed class InferTests(InferenceServer server) : IDisposable
{
    public void Dispose() => server.Deploy();

    [Fact]
    public async Task Tensors_are_answered_as_rows_are()
    {
        var (status, answer) = await server.InferAsync(Tensors.Request("\"id\":\"abc\""));

        Assert.True(status == 200, answer.ToJsonString());
        Assert.Equal(["model_name", "model_version", "id", "parameters", "outputs"], answer.Select(m => m.Key));
        Assert.Equal(("fraud", "3", "abc"), ((string)answer["model_name"]!, (string)answer["model_version"]!, (string)answer["id"]!));
        Assert.Equal(64, ((string)answer["parameters"]!["digest"]!).Length);
        Assert.Equal(["prediction", "decision", "rung", "version", "request_id"], Names(answer));
        Assert.All(answer["outputs"]!.AsArray(), o => Assert.Equal("[2]", o!["shape"]!.ToJsonString()));
        var scores = Output(answer, "prediction")["data"]!.AsArray().Select(s => (double)s!).ToList();
        Assert.Equal(InferenceServer.Score(3, 100), scores[0], 6);
        Assert.Equal(InferenceServer.Score(3, 2000), scores[1], 6);
        Assert.Equal("""["allow","block"]""", Output(answer, "decision")["data"]!.ToJsonString());
        Assert.Equal("""["full","full"]""", Output(answer, "rung")["data"]!.ToJsonString());
        Assert.Equal("[3,3]", Output(answer, "version")["data"]!.ToJsonString());
        Assert.Equal("INT64", (string)Output(answer, "version")["datatype"]!);
        Assert.Equal(2, Output(answer, "request_id")["data"]!.AsArray().Select(i => (string)i!).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"name":"amount","shape":[2,1],"datatype":"FP64","data":[[100],[2000]]}""")]
    [InlineData("""{"name":"amount","shape":[2,1],"datatype":"FP64","data":[100,2000]}""")]
    [InlineData("""{"data":[100,2000],"parameters":{"x":1},"datatype":"INT16","shape":[2],"name":"amount"}""")]
    [InlineData("""{"name":"amount","shape":[2],"datatype":"UINT16","data":[100,2000]}""")]
    [InlineData("""{"name":"amount","shape":[2],"datatype":"FP32","data":[100,2000]}""")]
    [InlineData("""{"name":"amount","shape":[2],"datatype":"INT64","data":[100,2000]}""")]
    public async Task Columns_nested_lists_and_narrower_numbers_say_the_same(string amount)
    {
        var (status, answer) = await server.InferAsync(Tensors.Request(amount: amount));

        Assert.True(status == 200, answer.ToJsonString());
        Assert.Equal(InferenceServer.Score(3, 2000), (double)Output(answer, "prediction")["data"]![1]!, 6);
    }

    [Theory]
    [InlineData("""{"name":"channel","shape":[2],"datatype":"BYTES","data":["web",null]}""", 200)]
    [InlineData("""{"name":"channel","shape":[2],"datatype":"BYTES","data":["web","tv"]}""", 400)]
    [InlineData("""{"name":"card_present","shape":[2],"datatype":"BOOL","data":[true,false]}""", 200)]
    [InlineData("""{"name":"card_present","shape":[2],"datatype":"BOOL","data":[1,0]}""", 400)]
    [InlineData("""{"name":"card_present","shape":[2],"datatype":"UINT8","data":[1,0]}""", 400)]
    [InlineData("""{"name":"born","shape":[2],"datatype":"BYTES","data":["1990-01-31",null]}""", 200)]
    [InlineData("""{"name":"born","shape":[2],"datatype":"BYTES","data":["1990-01-32",null]}""", 400)]
    [InlineData("""{"name":"tags","shape":[2],"datatype":"BYTES","data":["[\"a\",\"b\"]","[]"]}""", 200)]
    [InlineData("""{"name":"tags","shape":[2],"datatype":"BYTES","data":["[]","[],\"amount\":1"]}""", 400)]
    [InlineData("""{"name":"tags","shape":[2],"datatype":"BYTES","data":["[]","[1"]}""", 400)]
    [InlineData("""{"name":"note","shape":[2],"datatype":"BYTES","data":["ünï\u00e7\n","\ud83d\ude00"]}""", 200)]
    [InlineData("""{"name":"note","shape":[2],"datatype":"BYTES","data":["a","\ud83d"]}""", 400)]
    [InlineData("""{"name":"note","shape":[2],"datatype":"BYTES","data":["a","123456789012345678901"]}""", 400)]
    public async Task Optional_inputs_are_taken_and_held_to_the_contract(string input, int expected)
    {
        var (status, answer) = await server.InferAsync(Tensors.Request(more: input));

        Assert.True(status == expected, answer.ToJsonString());
    }

    [Theory]
    [InlineData("FLY3405", """{"name":"amount","shape":[0],"datatype":"FP64","data":[]}""")]
    [InlineData("FLY3405", """{"name":"amount","shape":[-1],"datatype":"FP64","data":[1,2]}""")]
    [InlineData("FLY3405", """{"name":"amount","shape":[9223372036854775807],"datatype":"FP64","data":[1,2]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[],"datatype":"FP64","data":[1,2]}""")]
    [InlineData("FLY3402", """{"name":"amount","datatype":"FP64","data":[1,2]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2,2],"datatype":"FP64","data":[1,2,3,4]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[3],"datatype":"FP64","data":[1,2]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[3],"datatype":"FP64","data":[1,2,3]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2],"datatype":"FP64","data":[1,2,3]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2],"datatype":"FP64","data":[[1],[2]]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2,1],"datatype":"FP64","data":[[1,2]]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2,1],"datatype":"FP64","data":[[1],2]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2,1],"datatype":"FP64","data":[[],[1]]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2,1],"datatype":"FP64","data":[[[1]],[[2]]]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2],"datatype":"FP64","data":{"0":1}}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2],"datatype":"FP64"}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2],"datatype":"fp64","data":[1,2]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2],"data":[1,2]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2],"datatype":"FP16","data":[1,2]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2],"datatype":"BYTES","data":["1","2"]}""")]
    [InlineData("FLY3402", """{"name":"amount","shape":[2],"datatype":"BOOL","data":[true,false]}""")]
    [InlineData("FLY3404", """{"name":"amount","shape":[2],"datatype":"FP64","data":[1,"2"]}""")]
    [InlineData("FLY3404", """{"name":"amount","shape":[2],"datatype":"FP64","data":[1,true]}""")]
    [InlineData("FLY3404", """{"name":"amount","shape":[2],"datatype":"FP32","data":[1,1e39]}""")]
    [InlineData("FLY3404", """{"name":"amount","shape":[2],"datatype":"UINT8","data":[1,256]}""")]
    [InlineData("FLY3404", """{"name":"amount","shape":[2],"datatype":"INT8","data":[1,-129]}""")]
    [InlineData("FLY3404", """{"name":"amount","shape":[2],"datatype":"UINT64","data":[1,9223372036854775808]}""")]
    [InlineData("FLY3404", """{"name":"amount","shape":[2],"datatype":"INT64","data":[1,1.5]}""")]
    [InlineData("FLY3400", """{"name":"amount","shape":[2.5],"datatype":"FP64","data":[1,2]}""")]
    [InlineData("FLY3400", """{"name":"amount","shape":2,"datatype":"FP64","data":[1,2]}""")]
    [InlineData("FLY3400", """{"name":"amount","shape":[2],"shape":[2],"datatype":"FP64","data":[1,2]}""")]
    [InlineData("FLY3400", """{"shape":[2],"datatype":"FP64","data":[1,2]}""")]
    [InlineData("FLY3400", """{"name":1,"shape":[2],"datatype":"FP64","data":[1,2]}""")]
    [InlineData("FLY3400", "5")]
    [InlineData("FLY3403", """{"name":"Amount","shape":[2],"datatype":"FP64","data":[1,2]}""")]
    [InlineData("FLY3403", """{"name":"customer_id","shape":[2],"datatype":"INT64","data":[1,2]}""")]
    [InlineData("FLY3403", """{"name":"note","shape":[2],"datatype":"BYTES","data":["a","b"]}""")]
    public async Task An_input_that_lies_is_refused_by_name(string code, string amount)
    {
        var before = await server.LoggedAsync();

        var (status, answer) = await server.InferAsync(Tensors.Request(amount: amount));

        Assert.Equal(400, status);
        Assert.Equal("error", Assert.Single(answer).Key);
        Assert.Contains(code, (string)answer["error"]!, StringComparison.Ordinal);
        Assert.Equal(before, await server.LoggedAsync());
    }

    [Theory]
    [InlineData("""{"name":"amount","shape":[2],"datatype":"FP64","data":[100,-1]}""", "amount[1]")]
    [InlineData("""{"name":"amount","shape":[2],"datatype":"FP64","data":[null,1]}""", "amount[0]")]
    [InlineData("""{"name":"amount","shape":[2],"datatype":"FP64","data":[1,1e400]}""", "amount[1]")]
    public async Task A_row_that_breaks_the_contract_is_named_with_its_input(string amount, string place)
    {
        var (status, answer) = await server.InferAsync(Tensors.Request(amount: amount));

        Assert.Equal(400, status);
        Assert.StartsWith(place, (string)answer["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_input_that_is_missing_is_named()
    {
        var (status, answer) = await server.InferAsync($$"""{"inputs":[{{Tensors.Id}},{{Tensors.Time}},{{Tensors.Customer}},{{Tensors.Amount}}]}""");

        Assert.Equal(400, status);
        Assert.Contains("'terminal_id' is missing", (string)answer["error"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"inputs\":[]}")]
    [InlineData("{\"inputs\":{}}")]
    [InlineData("{\"inputs\":[{}]}")]
    [InlineData("{\"inputs\":[NaN]}")]
    [InlineData("{\"\\ud800\":1}")]
    public async Task What_is_no_request_is_refused(string body)
    {
        var (status, answer) = await server.InferAsync(body);

        Assert.Equal(400, status);
        Assert.Equal("error", Assert.Single(answer).Key);
    }

    [Theory]
    [InlineData("\"id\":5", "FLY3400")]
    [InlineData("\"id\":\"a\",\"id\":\"b\"", "FLY3400")]
    [InlineData("\"parameters\":{\"timeout\":-1}", "FLY3406")]
    [InlineData("\"parameters\":{\"timeout\":\"1s\"}", "FLY3406")]
    [InlineData("\"parameters\":{\"timeout\":3600000001}", "FLY3406")]
    [InlineData("\"parameters\":{\"binary_data_output\":1}", "FLY3406")]
    [InlineData("\"parameters\":[]", "FLY3400")]
    [InlineData("\"outputs\":[{\"name\":\"score\"}]", "FLY3403")]
    [InlineData("\"outputs\":[{\"name\":\"rung\"},{\"name\":\"rung\"}]", "FLY3403")]
    [InlineData("\"outputs\":[{}]", "FLY3400")]
    [InlineData("\"outputs\":[{\"name\":\"rung\",\"parameters\":{\"binary_data\":\"yes\"}}]", "FLY3406")]
    public async Task Members_that_are_not_of_the_protocol_are_refused(string members, string code)
    {
        var (status, answer) = await server.InferAsync(Tensors.Request(members));

        Assert.Equal(400, status);
        Assert.Contains(code, (string)answer["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_outputs_that_are_asked_for_come_in_their_order()
    {
        var (_, answer) = await server.InferAsync(Tensors.Request("\"outputs\":[{\"name\":\"rung\"},{\"name\":\"prediction\"}]"));

        Assert.Equal(["rung", "prediction"], Names(answer));
    }

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(1001, 400)]
    public async Task A_request_has_a_thousand_rows_at_most(int rows, int expected) =>
        Assert.Equal(expected, (await server.InferAsync(Tensors.Many(rows))).Status);

    [Fact]
    public async Task Time_that_ran_out_is_said_and_other_parameters_are_passed_over()
    {
        Assert.Equal(200, (await server.InferAsync(Tensors.Request("\"parameters\":{\"timeout\":30000000,\"priority\":1}"))).Status);
        Assert.Equal(200, (await server.InferAsync(Tensors.Request("\"parameters\":{\"timeout\":0}"))).Status);

        // A microsecond is over before the request is read. The model's rule answers then, unless its door was busy already; a version asked for by number never does.
        var (status, answer) = await server.InferAsync(Tensors.Request("\"parameters\":{\"timeout\":1}"));
        var (named, late) = await server.InferAsync(Tensors.Request("\"parameters\":{\"timeout\":1}"), "/v2/models/fraud/versions/3/infer");

        Assert.True(status == 504 || (string)Output(answer, "rung")["data"]![0]! == "rule", answer.ToJsonString());
        Assert.True(named == 504, late.ToJsonString());
    }

    [Fact]
    public async Task Several_classes_are_names_and_probabilities()
    {
        var (status, answer) = await server.InferAsync(Tensors.Request(), "/v2/models/kinds/infer");

        Assert.True(status == 200, answer.ToJsonString());
        Assert.Equal(["prediction", "probabilities", "rung", "version", "request_id"], Names(answer));
        Assert.Equal("""["high","high"]""", Output(answer, "prediction")["data"]!.ToJsonString());
        var probabilities = Output(answer, "probabilities");
        Assert.Equal("[2,3]", probabilities["shape"]!.ToJsonString());
        Assert.Equal("""["low","middle","high"]""", (string)probabilities["parameters"]!["classes"]!);
        Assert.Equal(6, probabilities["data"]!.AsArray().Count);
        Assert.Equal(1, probabilities["data"]!.AsArray().Take(3).Sum(p => (double)p!), 5);
    }

    [Fact]
    public async Task A_version_of_the_plan_is_asked_for_by_number_and_others_are_not_found()
    {
        server.Swap(new TrafficPlan("fraud", server.Version(3), server.Version(2), new CanaryTraffic("r", server.Version(4), 1)));
        foreach (var number in (int[])[2, 3, 4])
        {
            var (status, answer) = await server.InferAsync(Tensors.Request(), $"/v2/models/fraud/versions/{number}/infer");

            Assert.Equal((200, $"{number}"), (status, (string)answer["model_version"]!));
            Assert.Equal(InferenceServer.Score(number, 100), (double)Output(answer, "prediction")["data"]![0]!, 6);
        }

        foreach (var other in (string[])["1", "5", "03", "-3", "champion", "99999999999"])
        {
            var (status, answer) = await server.InferAsync(Tensors.Request(), $"/v2/models/fraud/versions/{other}/infer");

            Assert.True(status == 404, $"{other}: {status}");
            Assert.Equal("error", Assert.Single(answer).Key);
        }
    }

    [Fact]
    public async Task A_version_asked_for_by_number_is_not_stood_in_for()
    {
        server.Swap(new TrafficPlan("fraud", server.Version(3), server.Version(2), new CanaryTraffic("r", server.Broken(4), 1)));

        var (status, answer) = await server.InferAsync(Tensors.Request(), "/v2/models/fraud/versions/4/infer");
        var (chosen, _) = await server.InferAsync(Tensors.Request());

        Assert.Equal((503, 200), (status, chosen));
        Assert.Contains("FLY5001", (string)answer["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_deployed_is_not_found()
    {
        var (status, answer) = await server.InferAsync(Tensors.Request(), "/v2/models/churn/infer");

        Assert.Equal(404, status);
        Assert.Contains("FLY4004", (string)answer["error"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", null, 415)]
    [InlineData("application/x-www-form-urlencoded", null, 415)]
    [InlineData("application/json", "br", 415)]
    [InlineData("application/json", "gzip", 400)]
    [InlineData("application/json", "deflate", 400)]
    [InlineData("application/json; charset=utf-8", null, 200)]
    [InlineData(null, null, 200)]
    public async Task Content_types_are_those_of_the_clients(string? type, string? encoding, int expected)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Tensors.Request()));
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        Assert.Equal(expected, (await server.SendAsync(HttpMethod.Post, "/v2/models/fraud/infer", content)).Status);
    }

    [Fact]
    public async Task A_body_beyond_the_bound_is_refused()
    {
        var (status, answer) = await server.InferAsync(Tensors.Request() + new string(' ', 4 << 20));

        Assert.Equal(413, status);
        Assert.Equal("error", Assert.Single(answer).Key);
    }

    internal static JsonObject Output(JsonObject answer, string name) => answer["outputs"]!.AsArray().Single(o => (string)o!["name"]! == name)!.AsObject();

    private static IEnumerable<string> Names(JsonObject answer) => answer["outputs"]!.AsArray().Select(o => (string)o!["name"]!);
}
