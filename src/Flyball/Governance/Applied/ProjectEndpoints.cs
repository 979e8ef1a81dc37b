using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Governance.Applied;

/// <summary>The routes of the applied project. The host adds <see cref="AppliedProject"/> and <see cref="RestartSignal"/>.</summary>
public static class ProjectEndpoints
{
    public static IEndpointRouteBuilder MapProjects(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/project", Show).RequirePermission(Permission.Read)
            .WithName("GetProject").WithSummary("The applied project, and what waits in the folder").WithTags("project");
        routes.MapGet("/v1/project/contracts", Contracts).RequirePermission(Permission.Read)
            .WithName("ListContractVersions").WithSummary("Every contract version that was applied").WithTags("project");
        routes.MapGet("/v1/project/plan", (AppliedProject project) => Results.Json(project.Propose().ToJson())).RequirePermission(Permission.Build)
            .WithName("PlanProject").WithSummary("What applying the folder would do").WithTags("project");
        routes.MapPost("/v1/project/apply", ApplyAsync).RequirePermission(Permission.Build)
            .WithName("ApplyProject").WithSummary("Apply the folder").WithTags("project");
        return routes;
    }

    private static IResult Show(AppliedProject project, RestartSignal restart)
    {
        var proposal = project.Propose();
        var last = project.Last;
        return Results.Json(new JsonObject
        {
            ["project"] = last?.Project,
            ["digest"] = last?.Digest.Hex,
            ["ordinal"] = last?.Ordinal,
            ["applied_at"] = last?.AppliedAt,
            ["applied_by"] = last?.Actor,
            ["audit_index"] = last?.AuditIndex,
            ["source"] = last?.Tree is { } tree ? new JsonObject { ["commit"] = tree.Commit, ["branch"] = tree.Branch, ["dirty"] = tree.Dirty } : null,
            ["accepted_breaks"] = new JsonArray([.. (last?.AcceptedBreaks ?? []).Select(m => (JsonNode)m)]),
            ["documents"] = new JsonArray([.. (last is null ? [] : project.DocumentsOf(last)).Select(d => (JsonNode)new JsonObject { ["path"] = d.Path, ["digest"] = d.Digest.Hex })]),
            ["restarting"] = restart.IsWanted,
            ["pending"] = proposal.IsSame ? null : proposal.ToJson(),
        });
    }

    private static IResult Contracts(AppliedProject project, string? source = null) => Results.Json(new JsonObject
    {
        ["versions"] = new JsonArray([.. project.Contracts(source).Select(c => (JsonNode)new JsonObject
        {
            ["source"] = c.Source,
            ["version"] = c.Version,
            ["digest"] = c.Digest.Hex,
            ["path"] = c.Path,
            ["applied_at"] = c.AppliedAt,
            ["applied_by"] = c.Actor,
            ["audit_index"] = c.AuditIndex,
            ["document"] = c.Body,
        })]),
    });

    private static async Task<IResult> ApplyAsync(RequestBody<ApplyRequest> request, HttpContext context, AppliedProject project, RestartSignal restart, CancellationToken cancellation)
    {
        var outcome = await project.ApplyAsync(context.Caller(), request.Given?.AllowBreaking ?? [], cancellation);
        if (outcome.Problems.Count > 0)
        {
            return ProblemResults.From(outcome.Problems, new JsonObject { ["plan"] = outcome.Proposal.ToJson() });
        }

        var restarting = outcome.Apply is not null && restart.IsWatched;
        if (restarting)
        {
            restart.IsWanted = true;


            // The answer first: who asked must learn that it was done.
            context.Response.OnCompleted(() =>
            {
                restart.Ask();
                return Task.CompletedTask;
            });
        }

        var answer = outcome.Proposal.ToJson();
        answer["applied"] = outcome.Apply is not null;
        answer["restarting"] = restarting;
        answer["ordinal"] = outcome.Apply?.Ordinal ?? project.Last?.Ordinal;
        answer["audit_index"] = outcome.Apply?.AuditIndex;
        return Results.Json(answer);
    }

    private sealed record ApplyRequest(IReadOnlyList<string>? AllowBreaking = null);
}
