using System.Text;
using System.Text.Json.Nodes;

namespace Flyball.Tests.Protocols.OpenInference;

/// <summary>The document of one model's interface.</summary>
[Collection(InferenceTests.Name)]
public sealed class ModelDescriptionTests(InferenceServer server)
{
    [Theory]
    [InlineData("fraud")]
    [InlineData("kinds")]
    public async Task It_is_an_openapi_document_whose_references_lead_somewhere(string model)
    {
        var (status, document) = await server.SendAsync(HttpMethod.Get, $"/v1/models/{model}/openapi.json");

        Assert.Equal(200, status);
        Assert.Equal("3.1.0", (string)document["openapi"]!);
        Assert.False(string.IsNullOrEmpty((string)document["info"]!["title"]!));
        Assert.False(string.IsNullOrEmpty((string)document["info"]!["version"]!));
        var operation = document["paths"]![$"/v1/models/{model}/predict"]!["post"]!;
        Assert.All(operation["responses"]!.AsObject(), r => Assert.True(r.Value!["description"] is not null || r.Value["$ref"] is not null));
        Assert.Contains("200", operation["responses"]!.AsObject().Select(r => r.Key));
        var references = new List<string>();
        Collect(document, references);
        Assert.True(references.Count > 5);
        Assert.All(references, r => Assert.NotNull(Resolve(document, r)));
        Assert.Null(Resolve(document, "#/components/schemas/Nothing"));
    }

    [Fact]
    public async Task Its_request_is_the_contract()
    {
        var (_, document) = await server.SendAsync(HttpMethod.Get, "/v1/models/fraud/openapi.json");

        var request = document["components"]!["schemas"]!["Request"]!;
        Assert.Equal("""["transaction_id","event_time","customer_id","terminal_id","amount"]""", request["required"]!.ToJsonString());
        var fields = request["properties"]!;
        Assert.Equal("""{"type":"number","format":"double","minimum":0,"maximum":10000,"x-unit":"EUR","description":"What was paid"}""", fields["amount"]!.ToJsonString());
        Assert.Equal(("integer", 0), ((string)fields["customer_id"]!["type"]!, (int)fields["customer_id"]!["minimum"]!));
        Assert.Equal("date-time", (string)fields["event_time"]!["format"]!);
        Assert.Equal("""{"type":["string","null"],"enum":["web","pos",null]}""", fields["channel"]!.ToJsonString());
        Assert.Equal("""["boolean","null"]""", fields["card_present"]!["type"]!.ToJsonString());
        Assert.Equal("date", (string)fields["born"]!["format"]!);
        Assert.Equal(20, (int)fields["note"]!["maxLength"]!);
        Assert.Equal("array", (string)fields["tags"]!["type"]![0]!);
        Assert.NotNull(fields["tags"]!["items"]!["type"]);
        Assert.False((bool)request["additionalProperties"]!);
        Assert.Equal("""["block","allow"]""", document["components"]!["schemas"]!["Answer"]!["properties"]!["decision"]!["enum"]!.ToJsonString());
    }

    [Fact]
    public async Task Its_examples_are_answered()
    {
        var (_, document) = await server.SendAsync(HttpMethod.Get, "/v1/models/fraud/openapi.json");
        var examples = document["paths"]!["/v1/models/fraud/predict"]!["post"]!["requestBody"]!["content"]!["application/json"]!["examples"]!.AsObject();

        Assert.Equal(2, examples.Count);
        foreach (var (name, example) in examples)
        {
            using var content = new StringContent(example!["value"]!.ToJsonString(), Encoding.UTF8, "application/json");
            var (status, answer) = await server.SendAsync(HttpMethod.Post, "/v1/models/fraud/predict", content);
            Assert.True(status == 200, $"{name}: {answer.ToJsonString()}");
        }
    }

    [Fact]
    public async Task A_model_that_is_not_deployed_has_none() =>
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, "/v1/models/churn/openapi.json")).Status);

    private static void Collect(JsonNode? node, List<string> references)
    {
        foreach (var (name, value) in node as JsonObject ?? [])
        {
            if (name == "$ref")
            {
                references.Add((string)value!);
            }

            Collect(value, references);
        }

        foreach (var item in node as JsonArray ?? [])
        {
            Collect(item, references);
        }
    }

    private static JsonNode? Resolve(JsonNode document, string reference) =>
        reference.StartsWith("#/", StringComparison.Ordinal) ? reference[2..].Split('/').Aggregate((JsonNode?)document, (at, name) => at?[name]) : null;
}
