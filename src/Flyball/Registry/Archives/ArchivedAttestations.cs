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
    private static readonly string[] Kinds = [AttestationKinds.ModelSignature, AttestationKinds.Provenance, AttestationKinds.Archive];

    /// <summary>What the given key must have signed.</summary>
    private static readonly string[] Needed = [AttestationKinds.Archive, AttestationKinds.ModelSignature];

    /// <param name="packed">The archive.</param>
    /// <param name="publicPem">The key in PEM form; null when the caller has none.</param>
    /// <returns>Each statement with its kind, whether it was verified, and why not. With a key that did not throw, everything in the archive is what the key's owner put there.</returns>
    /// <exception cref="FlyballException">FLY3350: the archive is damaged. FLY3373: a key was given, and the archive, its bundle or a statement in it is not signed with it.</exception>
    public static JsonArray Judge(byte[] packed, string? publicPem)
    {
        var members = ArchiveFormat.Unpack(packed);
        var bundle = ModelBundle.Unpack(members[ArchiveFormat.Bundle]);
        var found = new JsonArray();
        HashSet<string> signed = [];
        foreach (var (name, content) in members)
        {
            if (KindOf(name) is not { } kind)
            {
                continue;
            }

            var defect = publicPem is null ? "no key was given to check it with" : Defect(kind, content, members, bundle, publicPem);
            if (defect is null)
            {
                signed.Add(kind);
            }

            found.Add(new JsonObject { ["kind"] = kind, ["member"] = name, ["verified"] = defect is null, ["detail"] = defect });
        }

        // Statements that others made of the bundle are carried along; what this key has to sign is the archive and the files.
        return publicPem is null || Needed.All(signed.Contains)
            ? found
            : throw new FlyballException(new Problem(
                "FLY3373",
                $"The archive is not signed with the given key: {Missing(found, signed)}.",
                new ProblemLocation(Field: "key"),
                "Take the key from GET /v1/keys/model-signing of the installation that exported it, over a way you trust; or import without a key and judge the version here: flyball models rejudge MODEL@VERSION."));
    }

    /// <summary>Which statement a member is; null for members that are none.</summary>
    public static string? KindOf(string member) => Array.Find(Kinds, k => member.StartsWith($"{ArchiveFormat.Extra}{k}.", StringComparison.Ordinal));

    private static string Missing(JsonArray found, HashSet<string> signed)
    {
        var missing = Needed.First(k => !signed.Contains(k));
        var detail = found.Where(a => (string?)a!["kind"] == missing).Select(a => (string?)a!["detail"]).FirstOrDefault(d => d is not null);
        return detail is not null ? $"{missing}: {detail}" : missing == AttestationKinds.ModelSignature ? "it holds no model signature" : "its list of members is not signed: what is beside the bundle may be anybody's";
    }

    /// <summary>A signed document; null when the bytes are none.</summary>
    public static JsonObject? TryRead(byte[] content)
    {
        try
        {
            return JsonNode.Parse(content, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Defect(string kind, byte[] content, IReadOnlyDictionary<string, byte[]> members, ModelBundle bundle, string publicPem) =>
        TryRead(content) is not { } document ? "it is no signed statement"
        : kind == AttestationKinds.Archive ? Attestor.ArchiveDefect(document, members.Where(m => KindOf(m.Key) != AttestationKinds.Archive), publicPem)
        : Attestor.Defect(new Attestation(kind, "", "", document), bundle, publicPem);
}
