using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Registry.Attestations;
using Flyball.Training.Bundles;

namespace Flyball.Registry.Archives;

/// <summary>
/// What was signed of an archived version where it comes from, checked with the public key of that installation. Without the key nothing in the
/// archive proves who made it, and every statement is told as unverified.
/// </summary>
internal static class ArchivedAttestations
{
    private static readonly string[] Kinds = [AttestationKinds.ModelSignature, AttestationKinds.Provenance];

    /// <param name="packed">The archive.</param>
    /// <param name="publicPem">The key in PEM form; null when the caller has none.</param>
    /// <returns>Each statement with its kind, whether it was verified, and why not.</returns>
    /// <exception cref="FlyballException">FLY3350: the archive is damaged. FLY3373: a key was given, and the bundle is not signed with it.</exception>
    public static JsonArray Judge(byte[] packed, string? publicPem)
    {
        var members = ArchiveFormat.Unpack(packed);
        var bundle = ModelBundle.Unpack(members[ArchiveFormat.Bundle]);
        var found = new JsonArray();
        var signed = false;
        foreach (var (name, content) in members.Where(m => m.Key.StartsWith(ArchiveFormat.Extra, StringComparison.Ordinal)))
        {
            if (Array.Find(Kinds, k => name.StartsWith($"{ArchiveFormat.Extra}{k}.", StringComparison.Ordinal)) is not { } kind)
            {
                continue;
            }

            var defect = publicPem is null ? "no key was given to check it with" : Defect(kind, content, bundle, publicPem);
            signed |= defect is null && kind == AttestationKinds.ModelSignature;
            found.Add(new JsonObject { ["kind"] = kind, ["member"] = name, ["verified"] = defect is null, ["detail"] = defect });
        }

        return publicPem is null || (signed && found.All(a => (bool)a!["verified"]!))
            ? found
            : throw new FlyballException(new Problem(
                "FLY3373",
                $"The archive is not signed with the given key: {found.Select(a => (string?)a!["detail"]).FirstOrDefault(d => d is not null) ?? "it holds no model signature"}.",
                new ProblemLocation(Field: "key"),
                "Take the key from GET /v1/keys/model-signing of the installation that exported it, over a way you trust."));
    }

    private static string? Defect(string kind, byte[] content, ModelBundle bundle, string publicPem)
    {
        try
        {
            return JsonNode.Parse(content) is JsonObject document ? Attestor.Defect(new Attestation(kind, "", "", document), bundle, publicPem) : "it is no signed statement";
        }
        catch (JsonException)
        {
            return "it is no signed statement";
        }
    }
}
