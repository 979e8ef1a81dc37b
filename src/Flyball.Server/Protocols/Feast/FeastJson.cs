using System.Text.Json;
using Flyball.Engine.Problems;

namespace Flyball.Server.Protocols.Feast;

/// <summary>Reads the members of Feast's requests.</summary>
internal static class FeastJson
{
    public static FlyballException Wrong(string field, string message, string? remedy = null) => new(new Problem("FLY3184", message, new ProblemLocation(Field: field), remedy));

    public static void Open(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw Wrong("", "The body is not a JSON object.");
        }
    }

    public static string Text(ref Utf8JsonReader json, string member) =>
        json.TokenType == JsonTokenType.String ? json.GetString()! : throw Wrong(member, $"'{member}' is no text.");

    public static bool Flag(ref Utf8JsonReader json, string member) =>
        json.TokenType is JsonTokenType.True or JsonTokenType.False ? json.GetBoolean() : throw Wrong(member, $"'{member}' is neither true nor false.");

    public static List<string> Names(ref Utf8JsonReader json, string member, int most)
    {
        var names = new List<string>();
        if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType == JsonTokenType.String && names.Count < most)
            {
                names.Add(json.GetString()!);
            }
        }

        return json.TokenType == JsonTokenType.EndArray ? names : throw Wrong(member, $"'{member}' is no list of at most {most} names.");
    }

    /// <summary>
    /// A member that this server does not have may be sent turned off; turned on, an answer without it would not be what was asked for.
    /// Expired values are the case that matters: they are withheld, in training and in serving alike.
    /// </summary>
    public static void RefuseUnlessOff(ref Utf8JsonReader json, string member)
    {
        if (json.TokenType is not (JsonTokenType.Null or JsonTokenType.False))
        {
            throw Wrong(
                member.Length > 64 ? member[..64] : member,
                member == "return_expired" ? "Expired values are not returned: their status is OUTSIDE_MAX_AGE and their value null, as in training." : "This member is not known here.",
                "Leave it out.");
        }
    }
}
