using System.Text.Json;
using Flyball.Engine.Problems;
using Flyball.Features.Reads;

namespace Flyball.Server.Protocols.Feast;

/// <summary>The body of <c>POST /get-online-features</c>.</summary>
/// <param name="Entities">Columnar.</param>
/// <param name="Features"><c>view:feature</c> each; null when a service is named.</param>
/// <param name="Service">Name of a model; null when features are named.</param>
/// <param name="FullNames">Names of the answer are <c>view__feature</c>.</param>
internal sealed record OnlineFeaturesRequest(IReadOnlyList<KeyColumn> Entities, IReadOnlyList<string>? Features, string? Service, bool FullNames)
{
    private const int MostFeatures = 10_000;

    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FlyballException">FLY3182, FLY3184, FLY3186: it is not of this shape, asks for what is not there, or is too large.</exception>
    public static OnlineFeaturesRequest Read(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        FeastJson.Open(ref json);
        IReadOnlyList<KeyColumn>? entities = null;
        IReadOnlyList<string>? features = null;
        string? service = null;
        var fullNames = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            switch (name)
            {
                case "entities":
                    entities = ReadKeys.Read(ref json, name);
                    break;
                case "features":
                    features = json.TokenType == JsonTokenType.Null ? null : FeastJson.Names(ref json, name, MostFeatures);
                    break;
                case "feature_service":
                    service = json.TokenType == JsonTokenType.Null ? null : FeastJson.Text(ref json, name);
                    break;
                case "full_feature_names":
                    fullNames = FeastJson.Flag(ref json, name);
                    break;
                default:
                    FeastJson.RefuseUnlessOff(ref json, name);
                    break;
            }
        }

        json.Read();
        if (features is null == service is null)
        {
            throw FeastJson.Wrong("features", "Either features or feature_service is given.", "A feature service is a model: its vector under its name.");
        }

        return new OnlineFeaturesRequest(entities ?? throw FeastJson.Wrong("entities", "'entities' is missing."), features, service, fullNames);
    }
}
