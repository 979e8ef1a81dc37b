using System.Globalization;
using System.Text;
using Flyball.Access;
using Flyball.Problems;
using Flyball.Training.Bundles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Registry;

/// <summary>The model card of a version: the one in its bundle, and behind it what gates and people decided, which no bundle can hold.</summary>
internal static class CardEndpoint
{
    public static IEndpointRouteBuilder MapCard(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models/{model}/versions/{version:int}/card", (string model, int version, ModelRegistry registry) => registry.Version(model, version) is { } found
                ? Results.Text(Of(found, registry), "text/markdown; charset=utf-8")
                : ProblemResults.From(ModelRegistry.Unknown(model, version)))
            .RequirePermission(Permission.Read).WithName("GetModelCard").WithSummary("The model card with the gates' results and the approvals").WithTags("models");
        return routes;
    }

    private static string Of(ModelVersion version, ModelRegistry registry)
    {
        var bundle = registry.ReadBundle(version.Digest);
        var text = new StringBuilder(bundle.Contains(BundleMembers.Card) ? Encoding.UTF8.GetString(bundle[BundleMembers.Card].Span) : $"# {version.Model}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"## Version {version.Version}\n\n- State: {version.State}\n- Bundle: `{version.Digest.Hex}`\n- Author: {Plain(version.Author)}\n\n## Results of the gates\n\n");
        foreach (var gate in version.Gates)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {(gate.Ok ? "held" : "**failed**")}: `{gate.Gate}`: {Plain(gate.Detail)}\n");
        }

        text.Append("\n## Decisions of people\n\n");
        var approvals = registry.Approvals(version.Model, version.Version);
        text.Append(approvals.Count == 0 ? "None yet.\n" : "");
        foreach (var approval in approvals)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {approval.Decision} by {Plain(approval.Actor)} on {approval.DecidedAt}{(approval.BreakGlass ? ", against the gates" : "")}: {Plain(approval.Reason ?? "no reason given")}\n");
        }

        return text.ToString();
    }

    /// <summary>A text that somebody wrote, as text.</summary>
    private static string Plain(string text) => text.ReplaceLineEndings(" ").Replace("<", "\\<", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
}
