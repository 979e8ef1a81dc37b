using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Registry.Events;
using Flyball.Registry.Ledger;

namespace Flyball.Registry;

/// <summary>The SQL of tags, of models and of versions.</summary>
internal static class TagStore
{
    public static IReadOnlyDictionary<string, string> Of(IDbConnection c, IDbTransaction? t, string model) => c.Query<Tag>(
        "SELECT key AS Key, value AS Value FROM model_tags WHERE model = @model ORDER BY key", new { model }, t).ToDictionary(x => x.Key, x => x.Value, StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, string> Of(IDbConnection c, IDbTransaction? t, string model, int version) => c.Query<Tag>(
        "SELECT key AS Key, value AS Value FROM version_tags WHERE model = @model AND version = @version ORDER BY key", new { model, version }, t)
        .ToDictionary(x => x.Key, x => x.Value, StringComparer.Ordinal);

    /// <summary>Sets a tag of a model, or takes it away with a null; the ledger gets an entry when that changes anything.</summary>
    public static void Set(RegistryTransaction change, string model, string key, string? value)
    {
        var old = change.One<string>("SELECT value FROM model_tags WHERE model = @model AND key = @key", new { model, key });
        if (old == value)
        {
            return;
        }

        change.Execute(
            value is null
                ? "DELETE FROM model_tags WHERE model = @model AND key = @key"
                : "INSERT INTO model_tags (model, key, value) VALUES (@model, @key, @value) ON CONFLICT (model, key) DO UPDATE SET value = excluded.value",
            new { model, key, value });
        change.Enter(model, new LedgerChange(LedgerKinds.ModelTag, key, old, value));
    }

    /// <summary>Sets a tag of a version, or takes it away with a null; the ledger gets an entry when that changes anything.</summary>
    /// <param name="tell">False for the tags that a version is made with: its own event carries them.</param>
    public static void Set(RegistryTransaction change, ModelVersion version, string key, string? value, bool tell = true)
    {
        var about = new { version.Model, version.Version, key, value };
        var old = change.One<string>("SELECT value FROM version_tags WHERE model = @Model AND version = @Version AND key = @key", about);
        if (old == value)
        {
            return;
        }

        change.Execute(
            value is null
                ? "DELETE FROM version_tags WHERE model = @Model AND version = @Version AND key = @key"
                : "INSERT INTO version_tags (model, version, key, value) VALUES (@Model, @Version, @key, @value) "
                + "ON CONFLICT (model, version, key) DO UPDATE SET value = excluded.value",
            about);
        change.Enter(version.Model, new LedgerChange(LedgerKinds.Tag, key, old, value, version.Version, version.Digest.Hex));
        if (!tell)
        {
            return;
        }

        var data = new JsonObject { ["name"] = version.Model, ["version"] = VersionStore.Number(version.Version), ["key"] = key };
        if (value is not null)
        {
            data["value"] = value;
        }

        change.Tell(version.Model, EventNames.VersionTag, value is null ? EventNames.Deleted : EventNames.Set, data);
    }

    private sealed class Tag
    {
        public string Key { get; set; } = "";

        public string Value { get; set; } = "";
    }
}
