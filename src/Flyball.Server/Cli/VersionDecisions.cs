using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary>What the commands that decide about a version share.</summary>
internal static class VersionDecisions
{
    /// <summary>Posts a decision about the version that is meant.</summary>
    public static async Task<CommandOutcome> PostAsync(CommandContext context, VersionSelector selector, string verb, JsonObject body, CancellationToken cancellation)
    {
        var (model, version) = await selector.ResolveAsync(context, cancellation);
        var document = await context.PostAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/models/{model}/versions/{version}/{verb}"), body, cancellation);
        return new CommandOutcome(document, console => console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"Version {document["version"]?.ToJsonString()} is {document["state"]?.GetValue<string>()}, stage {document["stage"]?.GetValue<string>()}."));
    }

    /// <summary>A server's answer; an empty object when it is none.</summary>
    public static JsonObject Document(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
