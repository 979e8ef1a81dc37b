using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Quarantine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Contracts;

public sealed class ContractsEndpointsTests : IAsyncLifetime
{
    private readonly LogFixture fixture = new();
    private WebApplication app = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        app = await ContractsHost.StartAsync(services => services.AddSingleton(new ContractsOptions { MaxBodyBytes = 100_000, MaxRowsPerRequest = 500 }).AddSingleton(fixture.Log));
        client = app.GetTestClient();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Theory]
    [InlineData("application/json", "one")]
    [InlineData("application/json; charset=utf-8", "array")]
    [InlineData("application/x-ndjson", "lines")]
    public async Task Events_come_as_one_object_an_array_or_lines(string type, string form)
    {
        var (a, b) = (LogFixture.Transaction(1), LogFixture.Transaction(2));
        var (body, count) = form switch { "one" => (a, 1), "array" => ($" [{a} , {b}] \n", 2), _ => ($"{a}\r\n\n{b}", 2) };

        var (status, answer, _) = await PostAsync("transactions", body, type);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((count, count, 0, 0), Counts(answer));
        Assert.Equal(count, (long)answer["horizon"]!);
        Assert.Equal(count, fixture.Seen.Count);
    }

    [Fact]
    public async Task A_partly_good_request_answers_200_with_the_reasons_of_the_others()
    {
        var (status, answer, text) = await PostAsync("transactions", $"[{LogFixture.Transaction(1)},{LogFixture.Transaction(4711, -1)},7,null,[{{}}]]");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((5, 1, 4, 0), Counts(answer));
        var reasons = answer["reasons"]!.AsArray();
        Assert.Equal([1, 2, 3, 4], reasons.Select(r => (int)r!["row"]!));
        Assert.Equal("amount", (string)reasons[0]!["errors"]![0]!["field"]!);
        Assert.DoesNotContain("4711", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wholly_bad_request_answers_422_with_errors_and_counts_and_is_in_quarantine()
    {
        var (status, answer, _) = await PostAsync("transactions", LogFixture.Transaction(1, -1));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal((1, 0, 1, 0), Counts(answer));
        Assert.Equal("FLY3103", (string)answer["errors"]![0]!["code"]!);
        Assert.Equal("amount", (string)answer["errors"]![0]!["field"]!);

        var quarantine = JsonNode.Parse(await client.GetStringAsync("/v1/quarantine/transactions"))!;
        Assert.Equal(1, (int)quarantine["total"]!);
        Assert.Equal("FLY3103", (string)quarantine["rows"]![0]!["errors"]![0]!["code"]!);
        Assert.Equal(LogFixture.Transaction(1, -1), (string)quarantine["rows"]![0]!["original"]!);
    }

    [Fact]
    public async Task Duplicates_are_a_success()
    {
        await PostAsync("transactions", LogFixture.Transaction(1));
        var (status, answer, _) = await PostAsync("transactions", LogFixture.Transaction(1));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((1, 0, 0, 1), Counts(answer));
    }

    /// <summary>Hostile bodies: 400 means that nothing was stored, 422 that the row is in quarantine; never 200, never 5xx.</summary>
    [Theory]
    [InlineData("depth", "{\"a\":[DEPTH65]}", 422)]
    [InlineData("depth of a million", "MILLION", 400)]
    [InlineData("overflow", "{\"amount\":1e400}", 422)]
    [InlineData("bare NaN", "{\"amount\":NaN}", 400)]
    [InlineData("bare Infinity", "{\"amount\":-Infinity}", 400)]
    [InlineData("quoted NaN", "{\"amount\":\"NaN\"}", 422)]
    [InlineData("2^53+1 in a number", "{\"amount\":9007199254740993}", 422)]
    [InlineData("20 digits", "{\"customer_id\":12345678901234567890}", 422)]
    [InlineData("many digits", "{\"customer_id\":DIGITS}", 422)]
    [InlineData("duplicate keys", "{\"amount\":1,\"amount\":2}", 422)]
    [InlineData("unknown keys", "{\"amuont\":1}", 422)]
    [InlineData("lone surrogate", "{\"note\":\"\\ud800\"}", 422)]
    [InlineData("lone surrogate in a name", "{\"\\udfff\":1}", 422)]
    [InlineData("NUL", "{\"note\":\"\\u0000\"}", 422)]
    [InlineData("bad UTF-8", "BADUTF8", 400)]
    [InlineData("BOM", "\uFEFF{}", 422)]
    [InlineData("trailing garbage", "{} x", 400)]
    [InlineData("second value", "{}{}", 400)]
    [InlineData("comment", "/* */{}", 400)]
    [InlineData("trailing comma", "[{},]", 400)]
    [InlineData("empty", "", 400)]
    [InlineData("white space", "  \n", 400)]
    [InlineData("truncated", "[{\"amount\":1}", 400)]
    [InlineData("scalar", "5", 400)]
    [InlineData("null", "null", 400)]
    [InlineData("1.5 for int", "{\"customer_id\":1.5}", 422)]
    [InlineData("bool for number", "{\"amount\":true}", 422)]
    [InlineData("numeric string", "{\"amount\":\"1\"}", 422)]
    [InlineData("long key", "{\"LONG\":1}", 422)]
    [InlineData("many keys", "{MANY}", 422)]
    [InlineData("proto", "{\"__proto__\":{\"admin\":true},\"$type\":\"System.IO.FileInfo\",\"$ref\":\"#\"}", 422)]
    public async Task A_hostile_body_is_refused_and_the_gate_still_stands(string name, string body, int expected)
    {
        Assert.NotEmpty(name);
        body = body
            .Replace("DEPTH65", new string('[', 65) + new string(']', 65), StringComparison.Ordinal)
            .Replace("MILLION", new string('[', 90_000), StringComparison.Ordinal)
            .Replace("DIGITS", new string('9', 90_000), StringComparison.Ordinal)
            .Replace("LONG", new string('k', 90_000), StringComparison.Ordinal)
            .Replace("MANY", string.Join(',', Enumerable.Range(0, 9_000).Select(i => $"\"k{i}\":1")), StringComparison.Ordinal);
        var bytes = body == "BADUTF8" ? [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D] : Encoding.UTF8.GetBytes(body);
        var before = fixture.Journal.Durable;

        var (status, answer, text) = await PostAsync("transactions", bytes, "application/json");

        Assert.Equal(expected, (int)status);
        Assert.True(text.Length < 10_000, $"An answer of {text.Length} characters.");
        Assert.Equal(expected == 400 ? before.Seq : before.Seq + 1, fixture.Journal.Durable.Seq);
        Assert.Equal(expected == 400 ? "FLY3001" : (string)answer["errors"]![0]!["code"]!, (string)answer["code"]!);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("transactions", LogFixture.Transaction(1))).Status);
    }

    [Theory]
    [InlineData("{}\n{\"a\":1}}\n")]
    [InlineData("{}\n[\n")]
    [InlineData("{}\nx\n")]
    public async Task A_broken_line_refuses_the_request_and_is_named(string body)
    {
        var (status, answer, _) = await PostAsync("transactions", body, "application/x-ndjson");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(2, (int)answer["errors"]![0]!["line"]!);
        Assert.Equal(0, fixture.Journal.Durable.Seq);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Another_content_type_is_refused(string? type)
    {
        var (status, answer, _) = await PostAsync("transactions", Encoding.UTF8.GetBytes(LogFixture.Transaction(1)), type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Equal("FLY4015", (string)answer["code"]!);
        Assert.Equal(0, fixture.Journal.Durable.Seq);
    }

    [Fact]
    public async Task A_body_that_is_packed_otherwise_than_with_gzip_is_refused()
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(LogFixture.Transaction(1)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("br");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await client.PostAsync("/v1/events/transactions", content)).StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_bound_is_refused_whether_its_length_is_stated_or_not(bool stated)
    {
        var bytes = Encoding.UTF8.GetBytes(LogFixture.Transaction(1) + new string(' ', 100_000));
        using HttpContent content = stated ? new ByteArrayContent(bytes) : new StreamContent(new UnseekableStream(bytes));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        var response = await client.PostAsync("/v1/events/transactions", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("FLY4013", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, fixture.Journal.Durable.Seq);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task Too_many_rows_are_refused_whole(string type)
    {
        var rows = Enumerable.Repeat("{}", 501);
        var body = type == "application/json" ? $"[{string.Join(',', rows)}]" : string.Join('\n', rows);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync("transactions", body, type)).Status);
        Assert.Equal(0, fixture.Journal.Durable.Seq);
    }

    [Fact]
    public async Task An_unknown_source_answers_404_with_the_nearest_name()
    {
        var (status, answer, _) = await PostAsync("transaction", "{}");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("FLY4004", (string)answer["code"]!);
        Assert.Contains("transactions", (string)answer["detail"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/contracts/nope")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/quarantine/nope")).StatusCode);
    }

    [Fact]
    public async Task A_repeated_idempotency_key_gets_the_first_answer_and_another_body_is_refused()
    {
        var first = await PostAsync("transactions", $"[{LogFixture.Transaction(1)},{{}}]", key: "a-1");
        var again = await PostAsync("transactions", $"[{LogFixture.Transaction(1)},{{}}]", key: "a-1");
        var other = await PostAsync("transactions", LogFixture.Transaction(2), key: "a-1");
        var elsewhere = await PostAsync("everything", $"[{LogFixture.Transaction(1)},{{}}]", key: "a-1");

        Assert.Equal(first.Text, again.Text);
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal("FLY4092", (string)other.Answer["code"]!);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal((2, 0, 2, 0), Counts(elsewhere.Answer));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("LONG")]
    public async Task A_bad_idempotency_key_is_refused(string key)
    {
        var (status, answer, _) = await PostAsync("transactions", LogFixture.Transaction(1), key: key == "LONG" ? new string('k', 256) : key);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("FLY3003", (string)answer["code"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\tb")]
    [InlineData("k\u00e9y")]
    public async Task A_key_that_a_client_library_would_not_send_is_refused_too(string key)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = "application/json";
        request.Headers["Idempotency-Key"] = key;

        Assert.Equal("FLY3003", (await EventRequest.ReadAsync(request, "transactions", new ContractsOptions(), default)).Problem!.Code);
        request.Headers["Idempotency-Key"] = new(["a", "b"]);
        Assert.Equal("FLY3003", (await EventRequest.ReadAsync(request, "transactions", new ContractsOptions(), default)).Problem!.Code);
    }

    [Fact]
    public async Task Contracts_are_listed_and_shown_with_their_document()
    {
        var list = JsonNode.Parse(await client.GetStringAsync("/v1/contracts"))!["contracts"]!.AsArray();
        Assert.Equal(["clicks", "everything", "transactions"], list.Select(c => (string)c!["source"]!));

        var contract = JsonNode.Parse(await client.GetStringAsync("/v1/contracts/transactions"))!;
        Assert.Equal(Sample.Transactions.Digest.Hex, (string)contract["digest"]!);
        Assert.Equal("event_time", (string)contract["eventTime"]!);
        Assert.Equal("DataContract", (string)contract["document"]!["kind"]!);
    }

    [Theory]
    [InlineData("after=-1")]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    public async Task A_page_of_the_quarantine_is_bounded(string query) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/v1/quarantine/transactions?" + query)).StatusCode);

    [Fact]
    public void Every_route_states_its_permission()
    {
        var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).ToList();

        Assert.Equal(17, routes.Count);
        Assert.All(routes, r => Assert.NotNull(r.Metadata.GetMetadata<PermissionMetadata>()));
        Assert.All(
            routes.Where(r => r.DisplayName!.Contains("POST", StringComparison.Ordinal) && !r.DisplayName.Contains("reference", StringComparison.Ordinal)),
            r => Assert.Equal(IsDecision(r) ? Permission.Operate : Permission.WriteEvents, r.Metadata.GetMetadata<PermissionMetadata>()!.Permission));
    }

    private static bool IsDecision(Endpoint route) =>
        new[] { "release", "discard", "retractions" }.Any(w => route.DisplayName!.Contains(w, StringComparison.Ordinal));

    private Task<(HttpStatusCode Status, JsonNode Answer, string Text)> PostAsync(string source, string body, string type = "application/json", string? key = null) =>
        PostAsync(source, Encoding.UTF8.GetBytes(body), type, key);

    private async Task<(HttpStatusCode Status, JsonNode Answer, string Text)> PostAsync(string source, byte[] body, string? type, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events/" + source) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, JsonNode.Parse(text)!, text);
    }

    private static (int Received, int Accepted, int Quarantined, int Duplicates) Counts(JsonNode answer) =>
        ((int)answer["received"]!, (int)answer["accepted"]!, (int)answer["quarantined"]!, (int)answer["duplicates"]!);

    /// <summary>A body whose length the client cannot know.</summary>
    private sealed class UnseekableStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
