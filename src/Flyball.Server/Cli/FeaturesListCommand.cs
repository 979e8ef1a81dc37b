using System.CommandLine;
using System.Text.Json.Nodes;
using Flyball.Server.Tables;

namespace Flyball.Server.Cli;

/// <summary><c>flyball features list</c>: every feature with its owner, models and use.</summary>
internal static class FeaturesListCommand
{
    public static Command Create(SharedOptions shared)
    {
        var command = new Command("list", "List features with their owners, models and use.");
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var document = await context.Client.GetAsync("/v1/features", cancellation);
            return new CommandOutcome(document, console => console.Write(ResourceTable.Of(Flat(document), "feature", "type", "owner", "unit", "retired", "models", "served", "last_served")));
        });
        return command;
    }

    /// <summary>One row a feature, under its full name.</summary>
    private static JsonArray Flat(JsonObject document)
    {
        var rows = new JsonArray();
        foreach (var view in document["views"]!.AsArray().OfType<JsonObject>())
        {
            foreach (var feature in view["features"]!.AsArray().OfType<JsonObject>())
            {
                var row = (JsonObject)feature.DeepClone();
                row["feature"] = $"{view["view"]}.{feature["name"]}";
                rows.Add((JsonNode)row);
            }
        }

        return rows;
    }
}
