using System.Text;

namespace Flyball.EndToEnd.Tests.BadInput;

/// <summary>Bodies that are no request of any route, over a real connection.</summary>
public sealed class BrokenBodyTests(ServedShop shop) : IClassFixture<ServedShop>
{
    private const int Deep = 10_000;

    private static readonly (string Name, byte[] Body)[] Broken =
    [
        ("cut short", "{\"payment_id\":1,"u8.ToArray()),
        ("an array cut short", "[{}"u8.ToArray()),
        ("two texts", "{} {}"u8.ToArray()),
        ("no JSON", "payment_id=1&amount=2"u8.ToArray()),
        ("single quotes", "{'version':1}"u8.ToArray()),
        ("a comment", "{/* none */}"u8.ToArray()),
        ("NaN", "{\"version\":NaN,\"reason\":NaN,\"amount\":NaN,\"from\":NaN,\"permute_labels\":NaN}"u8.ToArray()),
        ("a number", "17"u8.ToArray()),
        ("a text", "\"payment\""u8.ToArray()),
        ("invalid UTF-8", [.. "{\"reason\":\""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8]),
        ("UTF-16", Encoding.Unicode.GetBytes("{\"version\":1}")),
        ("10,000 arrays deep", Encoding.UTF8.GetBytes(new string('[', Deep) + new string(']', Deep))),
        ("10,000 objects deep", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"reason\":", Deep)) + "1" + new string('}', Deep))),
        ("deep and never closed", Encoding.UTF8.GetBytes("{\"instances\":" + new string('[', Deep))),
    ];

    public static TheoryData<string> Routes =>
    [
        "/v1/events/payments",
        "/v1/outcomes/shop",
        "/v1/models/shop/predict",
        "/v1/models/shop/train",
        "/v1/models/shop/retrain",
        "/v1/models/shop/checks",
        "/v1/models/shop/versions/1/approve",
        "/v1/models/shop/versions/1/refuse",
        "/v1/models/shop/deploy",
        "/v1/models/shop/rollouts",
        "/v1/models/shop/rollback",
    ];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_broken_body_is_refused_with_a_problem_document_and_changes_nothing(string route)
    {
        var horizon = await shop.Server.HorizonAsync();
        var versions = (await shop.Server.GetAsync("/v1/models/shop/versions"))["versions"]!.ToJsonString();
        List<string> defects = [];
        foreach (var (name, body) in Broken)
        {
            using var stated = new ByteArrayContent(body);
            using var chunked = new ChunkedContent(body);
            foreach (var content in (HttpContent[])[stated, chunked])
            {
                var answer = await BadAnswer.OfAsync(shop.Server.Http, route, content, "application/json");
                if (answer.Defect(shop.Secrets) is { } defect)
                {
                    defects.Add($"{name}{(content == chunked ? ", chunked" : "")}: {defect}");
                }
            }
        }

        Assert.True(defects.Count == 0, string.Join('\n', defects));

        // Whole JSON, however deep, is a row to whoever takes rows: the two of them, sent twice each, are put aside and not lost.
        var aside = route is "/v1/events/payments" or "/v1/outcomes/shop" ? 4 : 0;
        Assert.Equal(horizon + aside, await shop.Server.HorizonAsync());
        Assert.Equal(versions, (await shop.Server.GetAsync("/v1/models/shop/versions"))["versions"]!.ToJsonString());
        await shop.ExpectServingAsync();
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Another_content_type_is_415(string route)
    {
        List<string> defects = [];
        foreach (var type in (string?[])["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=utf-16", null])
        {
            using var content = new ByteArrayContent("{\"version\":1,\"reason\":\"x\"}"u8.ToArray());
            var answer = await BadAnswer.OfAsync(shop.Server.Http, route, content, type);
            if (answer.Defect(shop.Secrets, 415) is { } defect)
            {
                defects.Add($"{type ?? "none"}: {defect}");
            }
        }

        Assert.True(defects.Count == 0, string.Join('\n', defects));
        await shop.ExpectServingAsync();
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_body_beyond_the_bound_is_413_whether_or_not_its_length_is_stated(string route)
    {
        // Each kind of route has its own bound; just beyond it the server can still read the rest and keep the connection.
        var bound = route.Contains("/predict", StringComparison.Ordinal) ? 1 << 20
            : route.Contains("/events/", StringComparison.Ordinal) || route.Contains("/outcomes/", StringComparison.Ordinal) ? 8 << 20
            : 64 << 10;
        var horizon = await shop.Server.HorizonAsync();
        var body = new byte[bound + 1];
        body.AsSpan().Fill((byte)' ');
        foreach (var content in (HttpContent[])[new ByteArrayContent(body), new ChunkedContent(body)])
        {
            using (content)
            {
                var answer = await BadAnswer.OfAsync(shop.Server.Http, route, content, "application/json");
                Assert.Null(answer.Defect(shop.Secrets, 413));
            }
        }

        Assert.Equal(horizon, await shop.Server.HorizonAsync());
        await shop.ExpectServingAsync();
    }

    [Fact]
    public async Task A_stated_length_beyond_every_bound_is_refused_before_the_body_is_sent()
    {
        using var content = new ByteArrayContent(new byte[(64 << 20) + 1]);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events/payments") { Content = content };
        request.Headers.ExpectContinue = true;
        using var response = await shop.Server.Http.SendAsync(request);
        var answer = new BadAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync());
        Assert.Null(answer.Defect(shop.Secrets, 413));
        await shop.ExpectServingAsync();
    }

    [Theory]
    [InlineData("/v1/events/paymentz", "{}")]
    [InlineData("/v1/events/..%2Freports", "{}")]
    [InlineData("/v1/outcomes/shopp", "{}")]
    [InlineData("/v1/models/shopp/predict", ServedShop.GoodPayment)]
    [InlineData("/v1/models/shopp/train", "{}")]
    [InlineData("/v1/models/shopp/retrain", "{}")]
    [InlineData("/v1/models/shopp/checks", "{}")]
    [InlineData("/v1/models/shopp/versions/1/approve", """{"reason":"x"}""")]
    [InlineData("/v1/models/shop/versions/99/approve", """{"reason":"x"}""")]
    [InlineData("/v1/models/shop/versions/one/approve", """{"reason":"x"}""")]
    [InlineData("/v1/models/shopp/deploy", """{"version":1}""")]
    [InlineData("/v1/models/shop/deploy", """{"version":99}""")]
    [InlineData("/v1/models/shopp/rollouts", """{"version":1}""")]
    [InlineData("/v1/nothing", "{}")]
    public async Task An_unknown_name_is_404(string route, string body)
    {
        using var content = new StringContent(body);
        var answer = await BadAnswer.OfAsync(shop.Server.Http, route, content, "application/json");
        Assert.Null(answer.Defect(shop.Secrets, 404));
        await shop.ExpectServingAsync();
    }

    [Fact]
    public async Task Another_method_is_405_with_a_problem_document()
    {
        using var response = await shop.Server.Http.DeleteAsync("/v1/runs");
        var answer = new BadAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync());
        Assert.Null(answer.Defect(shop.Secrets, 405));
    }
}
