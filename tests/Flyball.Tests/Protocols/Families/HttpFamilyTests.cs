using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Flyball.Tests.Protocols.OpenInference;

namespace Flyball.Tests.Protocols.Families;

/// <summary>Families 13 to 27 and 30 of bad input, as bytes on a connection: each has its exact status, and a good request is answered behind it.</summary>
[Collection(InferenceTests.Name)]
public sealed partial class HttpFamilyTests(InferenceServer server)
{
    private const string Row = """{"transaction_id":1,"event_time":"2026-01-31T13:45:00Z","customer_id":7,"terminal_id":1,"amount":100}""";
    private const string Predict = "/v1/models/fraud/predict";

    private static readonly string Length = $"Content-Length: {Row.Length.ToString(CultureInfo.InvariantCulture)}\r\n";
    private static readonly string Chunk = $"{Row.Length.ToString("x", CultureInfo.InvariantCulture)}\r\n{Row}\r\n";

    private static readonly (string Name, int Status, string Request)[] Cases =
    [
        ("good", 200, Head(Length) + Row),
        ("13 a length beyond the bound", 413, Head("Content-Length: 1048577\r\n") + Row), ("13 a length beyond every bound", 413, Head("Content-Length: 9223372036854775807\r\n") + Row),
        ("14 chunks beyond the bound", 413, Chunked(string.Concat(Enumerable.Repeat($"10000\r\n{new string(' ', 65_536)}\r\n", 20)) + "0\r\n\r\n")),
        ("18 length and chunks", 400, Head(Length + "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n" + Row), ("18 two lengths", 400, Head(Length + "Content-Length: 5\r\n") + Row), ("18 the length twice", 400, Head(Length + Length) + Row),
        ("18 a list of lengths", 400, Head("Content-Length: 5, 5\r\n") + Row), ("18 a length below nothing", 400, Head("Content-Length: -1\r\n") + Row), ("18 a length with a sign", 400, Head("Content-Length: +5\r\n") + Row),
        ("18 a length that no number holds", 400, Head("Content-Length: 99999999999999999999\r\n") + Row), ("18 chunks twice", 400, Head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"),
        ("18 an unknown coding", 400, Head("Transfer-Encoding: xchunked\r\n") + "0\r\n\r\n"), ("18 a line that ends in LF alone", 400, Head(Length).Replace("\r\n", "\n", StringComparison.Ordinal) + Row),
        ("18 a header that ends in LF alone", 400, Head($"X-A: b\n{Length}") + Row), ("18 a folded header", 400, Head("X-A: a\r\n b\r\n" + Length) + Row), ("18 no host", 400, Head(Length).Replace("Host: localhost\r\n", "", StringComparison.Ordinal) + Row),
        ("18 two hosts", 400, Head("Host: other\r\n" + Length) + Row), ("18 NUL in a header", 400, Head("X-A: a\0b\r\n" + Length) + Row), ("18 a space before the colon", 400, Head("X-A : b\r\n" + Length) + Row),
        ("18 a header without a name", 400, Head(": b\r\n" + Length) + Row), ("18 a header without a colon", 400, Head("abc\r\n" + Length) + Row),
        ("18 a chunk below nothing", 400, Chunked("-5\r\nabc\r\n0\r\n\r\n")), ("18 a chunk that no number holds", 400, Chunked("ffffffffffffffff\r\nabc\r\n0\r\n\r\n")), ("18 a chunk that is longer than it says", 400, Chunked("3\r\nabcdef\r\n0\r\n\r\n")),
        ("18 chunks as they should be", 200, Chunked(Chunk + "0\r\n\r\n")), ("18 something behind the chunks", 200, Chunked(Chunk + "0\r\nX-A: b\r\n\r\n")),
        ("19 chunks of a byte", 400, Chunked(string.Concat(Enumerable.Repeat("1\r\n \r\n", 200_000)) + "0\r\n\r\n")),
        ("20 a line too long", 414, $"POST /v1/models/{new string('q', 9_000)}/predict HTTP/1.1\r\nHost: localhost\r\n\r\n"), ("20 a header too long", 431, Head($"X-A: {new string('a', 40_000)}\r\n" + Length) + Row),
        ("20 headers too many", 431, Head(string.Concat(Enumerable.Range(0, 110).Select(i => $"X-{i}: a\r\n")) + Length) + Row), ("20 a list of headers behind the chunks", 400, Chunked(Chunk + "0\r\n" + string.Concat(Enumerable.Repeat("X-A: b\r\n", 10_000)) + "\r\n")),
        ("21 said to be packed", 415, Head(Length + "Content-Encoding: gzip\r\n") + Row),
        ("22 parts of a form", 415, Head(Length, type: $"multipart/form-data; boundary={new string('b', 5_000)}") + Row), ("22 parts without a boundary", 415, Head(Length, type: "multipart/form-data") + Row),
        ("24 CR in a header", 400, Head("X-A: a\rb\r\n" + Length) + Row), ("24 a line's end in a header's escapes", 200, Head("X-A: a%0d%0aX-B: c\r\n" + Length) + Row),
        ("25 another type", 415, Head(Length, type: "text/plain") + Row), ("25 another charset", 415, Head(Length, type: "application/json; charset=utf-16") + Row), ("25 another method by a header", 200, Head(Length + "X-HTTP-Method-Override: DELETE\r\n") + Row),
        ("25 an unknown verb", 405, Head(Length, verb: "FROB") + Row), ("25 a verb in small letters, which is the verb", 200, Head(Length, verb: "post") + Row), ("25 GET", 405, Head("", verb: "GET")), ("25 DELETE", 405, Head("", verb: "DELETE")),
        ("25 an expectation that is unknown", 200, Head(Length + "Expect: miracles\r\n") + Row), ("25 HTTP/9.9", 505, Head(Length).Replace("HTTP/1.1", "HTTP/9.9", StringComparison.Ordinal) + Row), ("25 no protocol at all", 400, "GET /\r\n\r\n"),
        ("26 dots", 404, Head(Length, path: "/v1/models/..%2ffraud/predict") + Row), ("26 dots with another bar", 404, Head(Length, path: "/v1/models/..%5cfraud/predict") + Row), ("26 dots escaped twice", 404, Head(Length, path: "/v1/models/%252e%252e%252ffraud/predict") + Row),
        ("26 dots that leave the root", 404, Head(Length, path: "/../../etc/passwd") + Row), ("26 a NUL", 400, Head(Length, path: "/v1/models/fraud%00/predict") + Row), ("26 another host's address", 400, Head(Length, path: "http://elsewhere/v1/models/fraud/predict") + Row),
        ("27 a fragment", 404, Head(Length, path: Predict + "#x") + Row), ("27 a fragment escaped", 404, Head(Length, path: "/v1/models/fraud%23x/predict") + Row), ("27 a semicolon", 404, Head(Length, path: "/v1/models/fraud;x/predict") + Row),
        ("27 two bars", 404, Head(Length, path: "/" + Predict) + Row), ("27 a query in the name", 404, Head(Length, path: "/v1/models/fraud%3Fx/predict") + Row), ("27 an unknown mode", 400, Head(Length, path: Predict + "?mode=x&mode=async") + Row),
        ("30 large letters", 404, Head(Length, path: "/v1/models/FRAUD/predict") + Row), ("30 half a character", 404, Head(Length, path: "/v1/models/%ED%A0%80/predict") + Row), ("30 a mark that turns text round", 404, Head(Length, path: "/v1/models/fraud%E2%80%AE/predict") + Row),
        ("30 a space of no width", 404, Head(Length, path: "/v1/models/fr%E2%80%8Baud/predict") + Row), ("30 300 characters", 404, Head(Length, path: $"/v1/models/{new string('n', 300)}/predict") + Row),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_request_has_its_status(string name)
    {
        var (_, expected, request) = Cases.Single(c => c.Name == name);

        Assert.Equal(expected, await StatusAsync(request));
        Assert.Equal(200, await StatusAsync(Cases[0].Request));
    }

    /// <summary>Unpacked it would be sixteen megabytes: nobody unpacks it.</summary>
    [Theory]
    [InlineData(Predict, "application/json")]
    [InlineData(Predict + "?mode=async", "application/json")]
    [InlineData("/v1/models/fraud/invocations", "application/json")]
    [InlineData("/v1/models/fraud/invocations", "text/csv")]
    public async Task A_body_that_unpacks_to_far_more_is_refused_packed(string path, string type)
    {
        using var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await zip.WriteAsync(new byte[16 << 20], InferenceServer.Stop);
        }

        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new(type);
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, InferenceServer.Stop);
        Assert.Equal(415, (int)response.StatusCode);
    }

    /// <summary>In the inference protocol's own form, too.</summary>
    [Fact]
    public async Task A_chunk_that_no_number_holds_is_a_bad_request_of_the_inference_protocol()
    {
        var answer = await SendAsync("POST /v2/models/fraud/infer HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("{\"error\":", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_one_behind_the_other_are_answered_one_behind_the_other()
    {
        var one = Head(Length).Replace("Connection: close\r\n", "", StringComparison.Ordinal) + Row;

        var answer = await SendAsync(string.Concat(Enumerable.Repeat(one, 50)) + Cases[0].Request);

        Assert.Equal(51, StatusLine().Count(answer));
    }

    /// <summary>Bodies, headers and connections that never end: the others are served meanwhile.</summary>
    [Fact]
    public async Task Connections_that_say_little_or_nothing_leave_room_for_others()
    {
        var silent = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 300; i++)
            {
                var client = new TcpClient();
                silent.Add(client);
                await client.ConnectAsync(server.Host.Address.Host, server.Host.Address.Port, InferenceServer.Stop);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes((i % 3) switch { 0 => "", 1 => "POST ", _ => Head("Content-Length: 500\r\n") + "{" }), InferenceServer.Stop);
            }

            Assert.Equal(200, await StatusAsync(Cases[0].Request));
        }
        finally
        {
            silent.ForEach(c => c.Dispose());
        }
    }

    private static string Head(string headers, string path = Predict, string verb = "POST", string type = "application/json") =>
        $"{verb} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\nConnection: close\r\n{headers}\r\n";

    private static string Chunked(string body) => Head("Transfer-Encoding: chunked\r\n") + body;

    private async Task<int> StatusAsync(string request) =>
        int.Parse(StatusLine().Match(await SendAsync(request)) is { Success: true } line ? line.Groups["status"].ValueSpan : "0", NumberStyles.None, CultureInfo.InvariantCulture);

    private async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host.Address.Host, server.Host.Address.Port, InferenceServer.Stop);
        var stream = client.GetStream();
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), InferenceServer.Stop);
            await stream.CopyToAsync(answer, InferenceServer.Stop);
        }
        catch (IOException)
        {
            // The server closes what it does not read to the end; its answer came before that, or is read below.
            await ReadRestAsync(stream, answer);
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private static async Task ReadRestAsync(NetworkStream stream, MemoryStream answer)
    {
        try
        {
            await stream.CopyToAsync(answer, InferenceServer.Stop);
        }
        catch (IOException)
        {
            // Nothing more comes.
        }
    }

    [GeneratedRegex("HTTP/1\\.1 (?<status>[0-9]{3}) ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex StatusLine();
}
