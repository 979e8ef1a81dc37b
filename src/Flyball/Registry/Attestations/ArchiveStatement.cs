using System.Text.Json.Nodes;
using Flyball.Engine.Identity;

namespace Flyball.Registry.Attestations;

/// <summary>
/// What an installation signs of an archive: every member by name and digest, so that neither the record with its gates nor an approval, an entry of the ledger
/// or a statement about the bundle can be exchanged, added or left out.
/// </summary>
internal static class ArchiveStatement
{
    public const string PredicateType = "urn:flyball:archive:v1";

    /// <summary>Canonical JSON of the in-toto statement.</summary>
    /// <param name="members">Those of the archive; what signs the archive itself must not be among them.</param>
    public static byte[] Of(IEnumerable<KeyValuePair<string, byte[]>> members) => CanonicalJson.Write(new JsonObject
    {
        ["_type"] = InTotoStatement.Type,
        ["subject"] = new JsonArray([.. members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => InTotoStatement.Subject(m.Key, Digest.Of(m.Value)))]),
        ["predicateType"] = PredicateType,
        ["predicate"] = new JsonObject { ["format"] = 1 },
    });
}
