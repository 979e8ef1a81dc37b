using System.Net.Http.Headers;
using System.Text;
using Flyball.Tests.Protocols.OpenInference;

namespace Flyball.Tests.Protocols;

/// <summary>A caller's own limit holds whatever way the request comes. Time that ran out leaves the declared rule alone.</summary>
[Collection(InferenceTests.Name)]
public sealed class TimeoutHeaderTests(InferenceServer server)
{
    private const string Header = "X-Flyball-Timeout";
    private const string Row = """{"transaction_id":1,"event_time":"2026-01-31T13:45:00Z","customer_id":7,"terminal_id":1,"amount":100}""";

    public static TheoryData<string, string> Doors => new()
    {
        { "/v1/models/fraud/predict", Row },
        { "/v1/models/fraud/invocations", $$"""{"params":{"details":true},"instances":[{{Row}}]}""" },
        { "/v2/models/fraud/infer", Tensors.Request() },
        { "/v2/models/fraud/infer", Tensors.Request("\"parameters\":{\"timeout\":3600000000}") },
    };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task The_shorter_limit_holds_at_every_door(string path, string body)
    {
        Assert.Contains("\"rule\"", (await PostAsync(path, body, "1us")).Text, StringComparison.Ordinal);
        Assert.Contains("\"full\"", (await PostAsync(path, body, "1h")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task What_is_no_limit_is_refused_at_every_door(string path, string body)
    {
        foreach (var limit in (string[])["0", "-1", "NaN", "1e300", "0ms", "2h", "50 ms", "99999999999999999999", "0.5ms", "5ms,6ms"])
        {
            var (status, text) = await PostAsync(path, body, limit);
            Assert.True(status == 400 && text.Contains("FLY3003", StringComparison.Ordinal), $"{limit}: {status} {text}");
        }
    }

    private async Task<(int Status, string Text)> PostAsync(string path, string body, string limit)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        request.Headers.TryAddWithoutValidation(Header, limit);
        using var response = await server.Client.SendAsync(request, InferenceServer.Stop);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(InferenceServer.Stop));
    }
}
