using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Registry;
using Flyball.Server.Hosting;
using Flyball.Training;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball check</c>: validates every file of a project folder and reports every problem.</summary>
internal static class CheckCommand
{
    public static Command Create(SharedOptions shared)
    {
        var command = new Command("check", "Validate the files of a project folder.");
        new CommandRunner(shared).SetLocal(command, (parsed, _, _) =>
        {
            var plan = ProjectPlan.Load(shared.ProjectOf(parsed), out var problems) ?? throw new ProjectException(problems);
            StageSections.Check(plan);
            if (plan.Models.Values.OrderBy(m => m.Name, StringComparer.Ordinal).SelectMany(ModelGates.Empty).ToList() is { Count: > 0 } empty)
            {
                throw new ProjectException(empty);
            }

            var document = new JsonObject
            {
                ["ok"] = true,
                ["project"] = plan.Folder.Definition.Name,
                ["contracts"] = new JsonArray([.. plan.Contracts.Values.OrderBy(c => c.Source, StringComparer.Ordinal).Select(c => (JsonNode)new JsonObject { ["source"] = c.Source, ["version"] = c.Version, ["digest"] = c.Digest.Hex })]),
                ["features"] = new JsonArray([.. plan.Features.EntityViews.Select(v => (JsonNode)new JsonObject { ["view"] = v.Name, ["features"] = v.Plan.Features.Count, ["digest"] = v.Digest.Hex })]),
                ["models"] = new JsonArray([.. plan.Models.Values.OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => (JsonNode)new JsonObject { ["model"] = m.Name, ["inputs"] = m.Vector.Columns.Count, ["digest"] = m.Definition.Digest.Hex })]),
            };
            return Task.FromResult(new CommandOutcome(document, console =>
                console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]Good.[/] {plan.Contracts.Count} contracts, {plan.Features.EntityViews.Count + plan.Features.RequestViews.Count} feature views, {plan.Models.Count} models.")));
        });
        return command;
    }
}
