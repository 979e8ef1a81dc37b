using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyball.Tests.Protocols;

/// <summary>Bodies and paths that no route may answer with a defect: made of members that routes know, with values that they do not expect.</summary>
internal static class HostileRequests
{
    /// <summary>JSON texts of values, some of which are no good JSON by themselves.</summary>
    public static IReadOnlyList<string> Values { get; } =
    [
        "null", "true", "0", "-1", "1e999", "123456789012345678901234567890", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "\"a\\u0000b\"", "[]", "[null]", "[[]]", "{}", "{\"a\":{\"b\":[1]}}",
        "\"../../etc/passwd\"", "\"\\u202Etxt\\u200B\"", "[{\"key\":null,\"value\":{}}]", "[{\"key\":\"a\",\"key\":\"b\"}]", $"\"{new string('x', 70_000)}\"", "9223372036854775807", "\"NaN\"",
        new string('[', 200) + new string(']', 200), "\"2147483648\"", "[1,\"a\",{}]",
    ];

    /// <summary>Bodies that are wrong as a whole.</summary>
    public static IReadOnlyList<byte[]> Wholes { get; } =
    [
        [], "{"u8.ToArray(), "null"u8.ToArray(), "[]"u8.ToArray(), "[null]"u8.ToArray(), "\"\""u8.ToArray(), "\"{\\\"\\\\ud800\\\":1}\""u8.ToArray(), "1"u8.ToArray(), [0xFF, 0xFE], "{\"\\ud800\":1}"u8.ToArray(),
        Encoding.UTF8.GetBytes($"{string.Concat(Enumerable.Repeat("{\"a\":", 500))}1{new string('}', 500)}"), "{}{}"u8.ToArray(), "{\"name\":\"a\",\"name\":\"b\"}"u8.ToArray(), "\0"u8.ToArray(),
    ];

    /// <summary>What may stand in a path in place of a name.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["%00", "%ED%A0%80", "%E2%80%AE", "..%2f..", new string('x', 2_000), "a%2Fb", "%FF", "99999999999999999999", "-1", "%20", "'%20OR%201=1--"];

    /// <summary>Each member with a hostile value in each turn, or each third one beside good ones; both in each turn when there is time.</summary>
    public static IEnumerable<byte[]> Bodies(JsonObject good, bool all)
    {
        var members = good.ToList();
        for (var turn = 0; turn < Values.Count && members.Count > 0; turn++)
        {
            foreach (var every in all ? (int[])[1, 3] : turn % 2 == 0 ? [1] : [3])
            {
                var text = members.Select((m, i) => $"{JsonSerializer.Serialize(m.Key)}:{((i + turn) % every == 0 ? Values[(i / every + turn) % Values.Count] : m.Value?.ToJsonString() ?? "null")}");
                yield return Encoding.UTF8.GetBytes($"{{{string.Join(',', text)}}}");
            }
        }
    }
}
