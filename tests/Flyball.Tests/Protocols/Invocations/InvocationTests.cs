using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Tests.Protocols.OpenInference;

namespace Flyball.Tests.Protocols.Invocations;

[Collection(InferenceTests.Name)]
public sealed class InvocationTests(InferenceServer server)
{
    private const string Columns = """["transaction_id","event_time","customer_id","terminal_id","amount"]""";
    private const string First = """{"transaction_id":1,"event_time":"2026-01-31T13:45:00Z","customer_id":7,"terminal_id":1,"amount":100}""";
    private const string Second = """{"transaction_id":2,"event_time":"2026-01-31T13:45:00Z","customer_id":8,"terminal_id":1,"amount":2000,"note":null}""";

    [Theory]
    [InlineData("""{"dataframe_records":[FIRST,SECOND]}""")]
    [InlineData("""{"instances":[FIRST,SECOND]}""")]
    [InlineData("""{"inputs":[FIRST,SECOND],"params":{}}""")]
    [InlineData("""{"dataframe_split":{"index":[0,1],"columns":COLUMNS,"data":[[1,"2026-01-31T13:45:00Z",7,1,100],[2,"2026-01-31T13:45:00Z",8,1,2000.0]]}}""")]
    [InlineData("""{"dataframe_split":{"data":[[1,"2026-01-31T13:45:00Z",7,1,100],[2,"2026-01-31T13:45:00Z",8,1,2e3]],"columns":COLUMNS}}""")]
    [InlineData("""{"inputs":{"transaction_id":[1,2],"event_time":["2026-01-31T13:45:00Z","2026-01-31T13:45:00Z"],"customer_id":[7,8],"terminal_id":[1,1],"amount":[100,2000],"card_present":[true,null]}}""")]
    public async Task Each_shape_gets_the_same_predictions(string body)
    {
        var (status, answer) = await PostAsync(body);

        Assert.True(status == 200, answer.ToJsonString());
        Assert.Equal("predictions", Assert.Single(answer).Key);
        var scores = answer["predictions"]!.AsArray().Select(p => (double)p!).ToList();
        Assert.Equal(InferenceServer.Score(3, 100), scores[0], 6);
        Assert.Equal(InferenceServer.Score(3, 2000), scores[1], 6);
    }

    [Fact]
    public async Task Csv_is_a_line_of_names_and_rows_with_gaps()
    {
        var (status, answer) = await PostAsync(
            "transaction_id,event_time,customer_id,terminal_id,amount,card_present,channel,note\r\n1,2026-01-31T13:45:00Z,7,1,100,TRUE,web,\"a, b\"\n2,2026-01-31T13:45:00Z,8,1,2e3,,,\n", "text/csv; charset=utf-8");

        Assert.True(status == 200, answer.ToJsonString());
        Assert.Equal(InferenceServer.Score(3, 2000), (double)answer["predictions"]![1]!, 6);
    }

    [Fact]
    public async Task Details_are_the_whole_answers_and_other_parameters_are_noted()
    {
        var (_, answer) = await PostAsync("""{"params":{"details":true,"max_tokens":5},"instances":[FIRST]}""");
        var (_, kinds) = await PostAsync("""{"instances":[FIRST]}""", model: "kinds");

        Assert.Equal(["request_id", "model", "version", "digest", "prediction", "decision", "rung", "horizon"], answer["details"]![0]!.AsObject().Select(m => m.Key));
        Assert.Contains("max_tokens", (string)answer["note"]!, StringComparison.Ordinal);
        Assert.Equal("""["high"]""", kinds["predictions"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"params":{}}""")]
    [InlineData("""{"instances":[FIRST],"inputs":[FIRST]}""")]
    [InlineData("""{"instances":[FIRST],"instances":[FIRST]}""")]
    [InlineData("""{"instances":[FIRST],"signature_name":"x"}""")]
    [InlineData("""{"instances":[]}""")]
    [InlineData("""{"instances":{}}""")]
    [InlineData("""{"instances":[[1,2]]}""")]
    [InlineData("""{"instances":[FIRST],"params":[]}""")]
    [InlineData("""{"instances":[FIRST],"params":{"details":1}}""")]
    [InlineData("""{"inputs":{}}""")]
    [InlineData("""{"inputs":{"amount":[1],"customer_id":[1,2]}}""")]
    [InlineData("""{"inputs":{"amount":1}}""")]
    [InlineData("""{"dataframe_split":[]}""")]
    [InlineData("""{"dataframe_split":{"columns":COLUMNS}}""")]
    [InlineData("""{"dataframe_split":{"columns":COLUMNS,"data":[[1]]}}""")]
    [InlineData("""{"dataframe_split":{"columns":COLUMNS,"data":[1]}}""")]
    [InlineData("""{"dataframe_split":{"columns":[1],"data":[[1]]}}""")]
    [InlineData("""{"dataframe_split":{"columns":COLUMNS,"data":[],"data":[]}}""")]
    public async Task What_is_none_of_the_shapes_is_refused(string body)
    {
        var (status, answer) = await PostAsync(body);

        Assert.Equal((400, "FLY3409"), (status, (string)answer["code"]!));
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("""{"instances":[FIRST""", 400)]
    [InlineData("""{"instances":[{"\ud800":1}]}""", 400)]
    [InlineData("""{"instances":[{}]}""", 422)]
    [InlineData("""{"instances":[{"amount":1e400}]}""", 422)]
    [InlineData("""{"dataframe_split":{"columns":["amount","amount"],"data":[[1,2]]}}""", 422)]
    public async Task Bad_json_and_bad_rows_have_their_statuses(string body, int expected) =>
        Assert.Equal(expected, (await PostAsync(body)).Status);

    [Fact]
    public async Task A_bad_field_is_named_with_its_row()
    {
        var (status, answer) = await PostAsync("""{"dataframe_records":[FIRST,{"transaction_id":2,"event_time":"2026-01-31T13:45:00Z","customer_id":7,"terminal_id":1,"amount":-1}]}""");

        Assert.Equal((422, "dataframe_records[1].amount"), (status, (string)answer["errors"]![0]!["field"]!));
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("transaction_id,amount\n", 400)]
    [InlineData("transaction_id,amount\n1\n", 400)]
    [InlineData("transaction_id,amount\n1,2,3\n", 400)]
    [InlineData("transaction_id,amount\n1,2\n", 422)]
    [InlineData("transaction_id,event_time,customer_id,terminal_id,amount\n1,2026-01-31T13:45:00Z,7,1,NaN\n", 422)]
    [InlineData("transaction_id,event_time,customer_id,terminal_id,amount\n1,2026-01-31T13:45:00Z,7,1,\"1,\"\"customer_id\"\":2\"\n", 422)]
    public async Task Csv_that_is_none_is_refused(string body, int expected) => Assert.Equal(expected, (await PostAsync(body, "text/csv")).Status);

    [Theory]
    [InlineData("text/plain", "fraud", 415)]
    [InlineData("application/json", "churn", 404)]
    public async Task Other_types_and_other_models_are_refused(string type, string model, int expected) =>
        Assert.Equal(expected, (await PostAsync("""{"instances":[FIRST]}""", type, model)).Status);

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(1001, 400)]
    public async Task A_request_has_a_thousand_rows_at_most(int rows, int expected) =>
        Assert.Equal(expected, (await PostAsync($$"""{"instances":[{{string.Join(',', Enumerable.Repeat(First, rows))}}]}""")).Status);

    [Fact]
    public async Task Ping_answers()
    {
        using var response = await server.Client.GetAsync(new Uri("/ping", UriKind.Relative), InferenceServer.Stop);

        Assert.Equal(200, (int)response.StatusCode);
    }

    private async Task<(int Status, JsonObject Answer)> PostAsync(string body, string type = "application/json", string model = "fraud")
    {
        var text = body.Replace("FIRST", First, StringComparison.Ordinal).Replace("SECOND", Second, StringComparison.Ordinal).Replace("COLUMNS", Columns, StringComparison.Ordinal);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return await server.SendAsync(HttpMethod.Post, $"/v1/models/{model}/invocations", content);
    }
}
