using System.Data;
using System.Text.Json.Nodes;
using Dapper;

namespace Flyball.Registry;

/// <summary>Reads versions together with their tags and aliases.</summary>
internal static class VersionRecords
{
    public static VersionRecord? Find(IDbConnection c, IDbTransaction? t, string model, int version) =>
        VersionStore.Find(c, t, model, version) is { } found ? Of(c, t, found) : null;

    public static VersionRecord Of(IDbConnection c, IDbTransaction? t, ModelVersion version) => new(
        version,
        TagStore.Of(c, t, version.Model, version.Version),
        c.Query<string>("SELECT alias FROM aliases WHERE model = @Model AND version = @Version ORDER BY alias", new { version.Model, version.Version }, t).AsList());

    /// <summary>A version as events name it.</summary>
    public static JsonObject Payload(ModelVersion version, IReadOnlyDictionary<string, string> tags) => new()
    {
        ["name"] = version.Model,
        ["version"] = VersionStore.Number(version.Version),
        ["source"] = version.Source,
        ["run_id"] = version.RunId.Length == 0 ? null : version.RunId,
        ["tags"] = ModelStore.TagsOf(tags),
        ["description"] = version.Description,
        ["digest"] = version.Digest.Hex,
    };
}
