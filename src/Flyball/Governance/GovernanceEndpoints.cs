using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Flyball.Governance;

/// <summary>
/// Governance's routes and services. <c>/v1/audit/checkpoint</c> and <c>/v1/audit/tile/</c> are a C2SP tlog-tiles log with the prefix
/// <c>/v1/audit</c>: any client of that format reads and checks it.
/// </summary>
public static class GovernanceEndpoints
{
    private const int MostEntries = 1000;
    private const string TileType = "application/octet-stream";

    public static IServiceCollection AddGovernance(this IServiceCollection services)
    {
        services.TryAddSingleton(s =>
        {
            var workspace = s.GetRequiredService<Workspace>();
            return new AuditReading(workspace.Audit, workspace.Directory);
        });
        return services;
    }

    public static IEndpointRouteBuilder MapGovernance(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/audit", Entries).RequirePermission(Permission.Audit);
        routes.MapGet("/v1/audit/verify", (AuditReading audit) => Results.Json(audit.Verify())).RequirePermission(Permission.Audit);
        routes.MapGet("/v1/audit/checkpoint", (AuditReading audit) => Results.Text(audit.Checkpoint(), "text/plain; charset=utf-8")).RequirePermission(Permission.Audit);
        routes.MapGet("/v1/audit/tile/{**path}", Tile).RequirePermission(Permission.Audit);
        routes.MapGet("/v1/audit/proof/{index:long}", (long index, AuditReading audit) =>
            audit.Proof(index) is { } proof ? Results.Json(proof) : ProblemResults.From(AuditReading.Unknown("entry"))).RequirePermission(Permission.Audit);
        return routes;
    }

    private static IResult Entries(long? from, int? count, AuditReading audit) => from is < 0 || count is < 0
        ? ProblemResults.From(new Problem("FLY3002", "from and count are 0 or more.", new ProblemLocation(Field: from is < 0 ? "from" : "count")))
        : Results.Json(audit.Entries(from ?? 0, Math.Min(count ?? 100, MostEntries)));

    private static IResult Tile(string? path, AuditReading audit) => TilePath.Parse(path ?? "") is { } tile && audit.Tile(tile) is { } bytes
        ? Results.Bytes(bytes, TileType)
        : ProblemResults.From(AuditReading.Unknown("tile"));
}
