using System.Net.Http.Headers;
using System.Text;
using Flyball.Tests.Protocols.OpenInference;

namespace Flyball.Tests.Protocols.Families;

/// <summary>
/// Families 1 to 12 of bad input, at each door that takes JSON for a prediction: each text has its exact statuses. As the row itself, as one of several
/// instances, and as an instance of MLflow's; then what the inference protocol says to values and to whole bodies.
/// </summary>
[Collection(InferenceTests.Name)]
public sealed class JsonFamilyTests(InferenceServer server) : IAsyncLifetime
{
    private const string Row = """{"transaction_id":1,"event_time":"2026-01-31T13:45:00Z","customer_id":7,"terminal_id":1,"amount":100}""";

    /// <summary>Broken JSON: as a row it is no row, inside a body it breaks the body.</summary>
    private const string Broken = "422 400 400";

    /// <summary>JSON that the contract refuses.</summary>
    private const string Refused = "422 422 422";

    /// <summary>MLflow's door reads the body's text before it looks for rows.</summary>
    private const string NoText = "422 422 400";

    private const string NoBody = "400 400 400";

    private const string Good = "200 200 200";

    private static readonly (string Name, string Statuses, byte[] Row)[] Cases =
    [
        ("1 65 levels", Broken, Utf8(string.Concat(Enumerable.Repeat("{\"a\":", 65)) + "1" + new string('}', 65))),
        ("1 half a million levels", Broken, Utf8(new string('[', 500_000))),
        ("2 1e400", Refused, Amount("1e400")), ("2 -1e400", Refused, Amount("-1e400")), ("2 1e-400", Good, Amount("1e-400")),
        ("3 NaN", Broken, Amount("NaN")), ("3 Infinity", Broken, Amount("Infinity")), ("3 -Infinity", Broken, Amount("-Infinity")),
        ("3 NaN in quotes", Refused, Amount("\"NaN\"")), ("3 Infinity in quotes", Refused, Amount("\"Infinity\"")),
        ("4 2^53+1 as a number", Refused, Amount("9007199254740993")), ("4 2^53+1 as a whole number", Good, Customer("9007199254740993")),
        ("4 2^63", Refused, Customer("9223372036854775808")), ("4 20 digits", Refused, Customer("12345678901234567890")), ("4 a million digits", Refused, Amount(new string('1', 1_000_000))),
        ("5 a key twice", Refused, More("\"amount\":5")), ("6 an unknown key", Refused, More("\"amuont\":5")),
        ("7 half a character", NoText, Note("\\ud800")), ("7 half a character in a key", NoText, More("\"\\ud800\":5")), ("7 NUL in a key", Refused, More("\"a\\u0000\":5")),
        ("7 bytes that are no UTF-8", NoText, [.. Utf8(Row[..^1] + ",\"note\":\""), 0xC3, 0x28, .. "\"}"u8]), ("7 a key that is no UTF-8", NoText, [.. Utf8(Row[..^1] + ",\""), 0xFF, .. "\":5}"u8]),
        ("8 a mark of the byte order", NoBody, [0xEF, 0xBB, 0xBF, .. Utf8(Row)]), ("8 something behind it", Broken, Utf8(Row + " x")), ("8 two of them", Broken, Utf8(Row + Row)),
        ("8 a comment", Broken, Utf8(Row[..^1] + "/**/}")), ("8 a comment to the end of the line", Broken, Utf8(Row[..^1] + "//\n}")), ("8 cut off", Broken, Utf8(Row[..^7])),
        ("8 UTF-16", NoBody, Encoding.Unicode.GetBytes(Row)), ("8 null", NoText, Utf8("null")), ("8 a number", NoText, Utf8("17")), ("8 a text", NoText, Utf8("\"a\"")),
        ("9 1.0 for a whole number", Good, Customer("1.0")), ("9 1e0 for a whole number", Refused, Customer("1e0")), ("9 1.5 for a whole number", Refused, Customer("1.5")),
        ("9 true for a number", Refused, Amount("true")), ("9 digits in quotes", Refused, Amount("\"100\"")), ("9 whole digits in quotes", Refused, Customer("\"7\"")), ("9 a list", Refused, Amount("[100]")),
        ("9 an object", Refused, Amount("{}")), ("9 null for what is required", Refused, Amount("null")),
        ("10 a key of a megabyte", Refused, Utf8("{\"" + new string('k', 1_000_000) + "\":1}")), ("10 80,000 keys", Refused, Utf8("{" + string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"\"k{i}\":1")) + "}")),
        ("11 __proto__", Refused, More("\"__proto__\":{\"a\":1}")), ("11 $type", Refused, More("\"$type\":\"System.Object\"")), ("11 $ref", Refused, More("\"$ref\":\"#\"")),
        ("12 a leading zero", Broken, Amount("01")), ("12 a plus sign", Broken, Amount("+1")), ("12 no digit before the point", Broken, Amount(".5")), ("12 no digit behind it", Broken, Amount("1.")),
        ("12 no exponent", Broken, Amount("1e")), ("12 a broken exponent", Broken, Amount("1e5.5")), ("12 hexadecimal", Broken, Amount("0x1")), ("12 two minus signs", Broken, Amount("--1")),
        ("12 a minus sign alone", Broken, Amount("-")), ("12 two numbers", Broken, Amount("1 2")), ("12 True", Broken, Amount("True")), ("12 undefined", Broken, Amount("undefined")),
        ("12 a tab in a text", Broken, Note("a\tb")), ("12 a line end in a text", Broken, Note("a\nb")), ("12 an escape that is none", Broken, Note("\\x26")), ("12 an escape cut short", Broken, Note("\\u12")),
        ("12 a text without an end", Broken, Utf8(Row[..^1] + ",\"note\":\"a}")), ("12 single quotes", NoBody, Utf8(Row.Replace('"', '\''))), ("12 a comma alone", NoBody, Utf8("{,}")),
        ("12 a comma behind the last", Broken, Utf8(Row[..^1] + ",}")), ("12 two commas", Broken, Utf8(Row.Replace(",\"event", ",,\"event", StringComparison.Ordinal))), ("12 two colons", Broken, Utf8(Row.Replace("\"amount\":", "\"amount\"::", StringComparison.Ordinal))),
        ("12 no colon", Broken, Utf8(Row.Replace("\"amount\":", "\"amount\" ", StringComparison.Ordinal))), ("12 a key without quotes", Broken, Utf8(Row.Replace("\"amount\"", "amount", StringComparison.Ordinal))),
        ("12 another bracket at the end", Broken, Utf8(Row[..^1] + "]")), ("12 a form feed", Broken, Utf8(Row.Replace(",\"event", ",\f\"event", StringComparison.Ordinal))),
        ("12 a space that is none", Broken, Utf8(Row.Replace(",\"event", ",\u00a0\"event", StringComparison.Ordinal))),
        ("12 good: space everywhere", Good, Utf8(Row.Replace(",", " ,\r\n\t ", StringComparison.Ordinal))), ("12 good: an escaped key", Good, Utf8(Row.Replace("\"amount\"", "\"\\u0061mount\"", StringComparison.Ordinal))),
        ("12 good: exponents", Good, Amount("1E+2")), ("12 good: minus nothing", Good, Amount("-0")), ("12 good: a pair of halves", Good, Note("\\ud83d\\ude00")),
    ];

    private static readonly (string Value, int Status)[] Values =
    [
        ("100", 200), ("1e400", 400), ("-1e400", 400), ("1e-400", 200), ("NaN", 400), ("Infinity", 400), ("\"NaN\"", 400), ("9007199254740993", 400), (new string('1', 1_000_000), 400), ("true", 400), ("\"100\"", 400),
        ("null", 400), ("[[100]]", 400), ("{}", 400), ("01", 400), ("+1", 400), (".5", 400), ("1.", 400), ("0x1", 400), ("--1", 400), ("1 2", 400), ("1E2", 200), ("-0", 200),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(c => c.Name)];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A good request is answered, whatever came before it.</summary>
    public async ValueTask DisposeAsync() => Assert.Equal(200, await PostAsync("/v1/models/fraud/predict", Utf8(Row)));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_text_has_its_statuses(string name)
    {
        var (_, statuses, row) = Cases.Single(c => c.Name == name);
        byte[] several = [.. "{\"instances\":["u8, .. row, .. "]}"u8];

        string[] got =
        [
            $"{await PostAsync("/v1/models/fraud/predict", row)}", $"{await PostAsync("/v1/models/fraud/predict", several)}", $"{await PostAsync("/v1/models/fraud/invocations", several)}",
        ];

        Assert.Equal(statuses, string.Join(' ', got));
    }

    [Fact]
    public async Task Values_of_a_tensor_have_their_statuses()
    {
        foreach (var (value, expected) in Values)
        {
            var status = await PostAsync("/v2/models/fraud/infer", Utf8(Tensors.Request(amount: $$"""{"name":"amount","shape":[2],"datatype":"FP64","data":[{{value}},1]}""")));
            Assert.True(expected == status, $"{(value.Length > 20 ? value[..20] : value)}: {status}");
        }
    }

    [Fact]
    public async Task Whole_bodies_of_the_inference_protocol_have_their_statuses()
    {
        var good = Tensors.Request();
        foreach (var (name, expected, body) in ((string, int, byte[])[])[
            ("a mark of the byte order", 400, [0xEF, 0xBB, 0xBF, .. Utf8(good)]), ("something behind it", 400, Utf8(good + "x")), ("two", 400, Utf8(good + good)), ("a comment", 400, Utf8(good[..^1] + "/**/}")),
            ("cut off", 400, Utf8(good[..^3])), ("empty", 400, []), ("null", 400, Utf8("null")), ("a list", 400, Utf8("[]")), ("UTF-16", 400, Encoding.Unicode.GetBytes(good)), ("a member twice", 400, Utf8(good[..^1] + ",\"inputs\":[]}")),
            ("an unknown member", 200, Utf8(good[..^1] + ",\"zz\":{\"a\":[1]}}")), ("__proto__", 200, Utf8(good[..^1] + ",\"__proto__\":{}}")), ("half a character", 400, Utf8(good[..^1] + ",\"id\":\"\\ud800\"}")),
            ("no UTF-8", 400, [.. Utf8(good[..^1] + ",\"id\":\""), 0xFF, .. "\"}"u8]), ("65 levels", 400, Utf8(good[..^1] + ",\"x\":" + new string('[', 65) + new string(']', 65) + "}")),
            ("a million levels", 400, Utf8(good[..^1] + ",\"x\":" + new string('[', 1_000_000))), ("a key of a megabyte", 200, Utf8(good[..^1] + ",\"" + new string('k', 1_000_000) + "\":1}")),
            ("five megabytes", 413, Utf8(good + new string(' ', 5_000_000))), ("a comma behind the last", 400, Utf8(good[..^1] + ",}"))])
        {
            var status = await PostAsync("/v2/models/fraud/infer", body);
            Assert.True(expected == status, $"{name}: {status}");
        }
    }

    [Theory]
    [InlineData("/v1/models/fraud/predict", (1 << 20) + 1)]
    [InlineData("/v1/models/fraud/predict", 10 << 20)]
    [InlineData("/v1/models/fraud/predict?mode=async", (1 << 20) + 1)]
    [InlineData("/v1/models/fraud/invocations", (4 << 20) + 1)]
    public async Task A_key_beyond_the_bound_of_the_body_is_413(string path, int length) =>
        Assert.Equal(413, await PostAsync(path, Utf8("{\"" + new string('k', length) + "\":1}")));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Amount(string value) => Utf8(Row.Replace("\"amount\":100", $"\"amount\":{value}", StringComparison.Ordinal));

    private static byte[] Customer(string value) => Utf8(Row.Replace("\"customer_id\":7", $"\"customer_id\":{value}", StringComparison.Ordinal));

    private static byte[] More(string member) => Utf8($"{Row[..^1]},{member}}}");

    private static byte[] Note(string text) => More($"\"note\":\"{text}\"");

    private async Task<int> PostAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, InferenceServer.Stop);
        return (int)response.StatusCode;
    }
}
