using System.Text;
using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Time;

namespace Flyball.Features.Reads;

/// <summary>The body of <c>POST /v1/features</c>.</summary>
/// <param name="Features">Each <c>view.feature</c> or <c>view.*</c>.</param>
/// <param name="Keys">The entities.</param>
/// <param name="At">The instant; null is now.</param>
internal sealed record FeatureReadBody(IReadOnlyList<string> Features, IReadOnlyList<KeyColumn> Keys, EventTime? At)
{
    private const int MostFeatures = 10_000;

    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="Engine.Problems.FlyballException">FLY3182, FLY3186: it is not of this shape, or too large.</exception>
    public static FeatureReadBody Read(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw ReadKeys.Wrong("", "The body is not a JSON object.");
        }

        List<string>? features = null;
        IReadOnlyList<KeyColumn>? keys = null;
        EventTime? at = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            switch (name)
            {
                case "features":
                    features = ReadNames(ref json, "features");
                    break;
                case "keys":
                    keys = ReadKeys.Read(ref json, "keys");
                    break;
                case "at":
                    at = ReadInstant(ref json);
                    break;
                default:
                    throw ReadKeys.Wrong(name, $"'{name}' is not known here.", "The members are features, keys and at.");
            }
        }

        // Whatever follows the object is refused by the reader.
        json.Read();
        return new FeatureReadBody(
            features ?? throw ReadKeys.Wrong("features", "'features' is missing."), keys ?? throw ReadKeys.Wrong("keys", "'keys' is missing."), at);
    }

    /// <summary>Reads the list of texts that stands at the reader.</summary>
    public static List<string> ReadNames(ref Utf8JsonReader json, string member)
    {
        var names = new List<string>();
        if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType == JsonTokenType.String && names.Count < MostFeatures)
            {
                names.Add(json.GetString()!);
            }
        }

        return json.TokenType == JsonTokenType.EndArray ? names : throw ReadKeys.Wrong(member, $"It is no list of at most {MostFeatures} names.");
    }

    private static EventTime? ReadInstant(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return json.TokenType == JsonTokenType.String && Rfc3339.TryRead(Encoding.UTF8.GetBytes(json.GetString()!), out var micros)
            ? new EventTime(micros)
            : throw ReadKeys.Wrong("at", "at is not a time with an offset, such as 2018-04-01T00:00:00Z.");
    }
}
