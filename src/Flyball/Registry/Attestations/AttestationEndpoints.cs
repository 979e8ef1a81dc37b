using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Registry.Attestations;

/// <summary>What was signed of a version, whether it holds, and the key to check it with elsewhere.</summary>
internal static class AttestationEndpoints
{
    public static IEndpointRouteBuilder MapAttestations(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/keys/model-signing", (Attestor attestor) => Results.Text(attestor.Key.PublicPem, "application/x-pem-file"))
            .RequirePermission(Permission.Read).WithName("GetModelSigningKey").WithSummary("The public key that model signatures verify with").WithTags("models");
        routes.MapGet("/v1/models/{model}/versions/{version:int}/attestations", List)
            .RequirePermission(Permission.Read).WithName("ListAttestations").WithSummary("Signature and provenance of a version, checked").WithTags("models");
        return routes;
    }

    /// <summary>Cost: reads and hashes the bundle.</summary>
    private static IResult List(string model, int version, ModelRegistry registry, Attestor attestor)
    {
        if (registry.Version(model, version) is not { } found)
        {
            return ProblemResults.From(ModelRegistry.Unknown(model, version));
        }

        var bundle = registry.ReadBundle(found.Digest);
        var attestations = new JsonArray();
        foreach (var attestation in attestor.Of(found.Digest))
        {
            var defect = attestation.KeyId == attestor.Key.Id ? Attestor.Defect(attestation, bundle, attestor.Key.PublicPem) : "signed by another key: check it with that";
            attestations.Add(new JsonObject
            {
                ["kind"] = attestation.Kind,
                ["key_id"] = attestation.KeyId,
                ["created_at"] = attestation.CreatedAt,
                ["ok"] = defect is null,
                ["detail"] = defect,
                ["content"] = attestation.Content.DeepClone(),
            });
        }

        return Results.Json(new JsonObject { ["model"] = model, ["version"] = version, ["digest"] = found.Digest.Hex, ["attestations"] = attestations });
    }
}
