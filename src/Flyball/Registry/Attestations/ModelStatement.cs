using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Training.Bundles;

namespace Flyball.Registry.Attestations;

/// <summary>
/// What the OpenSSF model signing specification signs: every file of a model with its digest, and one digest over all of them
/// (sigstore/model-transparency, predicate <c>https://model_signing/signature/v1.0</c>). The files are those of the unpacked bundle.
/// </summary>
internal static class ModelStatement
{
    public const string PredicateType = "https://model_signing/signature/v1.0";

    /// <summary>Canonical JSON of the in-toto statement.</summary>
    public static byte[] Of(string name, ModelBundle bundle)
    {
        var files = FilesOf(bundle);
        return CanonicalJson.Write(new JsonObject
        {
            ["_type"] = InTotoStatement.Type,
            ["subject"] = new JsonArray(InTotoStatement.Subject(name, RootOf(files))),
            ["predicateType"] = PredicateType,
            ["predicate"] = new JsonObject
            {
                ["serialization"] = new JsonObject
                {
                    ["method"] = "files",
                    ["hash_type"] = "sha256",
                    ["allow_symlinks"] = false,
                    ["ignore_paths"] = new JsonArray(),
                },
                ["resources"] = new JsonArray([.. files.Select(f => new JsonObject { ["name"] = f.Name, ["algorithm"] = "sha256", ["digest"] = f.Sha256.Hex })]),
            },
        });
    }

    /// <summary>SHA-256 of the files' raw digests, one after the other, in the order of their names.</summary>
    private static Digest RootOf(IEnumerable<(string Name, Digest Sha256)> files) => Digest.Of([.. files.SelectMany(f => f.Sha256.ToBytes())]);

    private static List<(string Name, Digest Sha256)> FilesOf(ModelBundle bundle) =>
        [.. bundle.Files.Select(f => (f.Name, f.Sha256)).Append((ModelBundle.ListName, bundle.Digest)).OrderBy(f => f.Item1, StringComparer.Ordinal)];
}
