using System.Data;
using System.Text.Json.Nodes;
using Dapper;

namespace Flyball.Registry;

/// <summary>Reads versions together with their tags and aliases.</summary>
internal static class VersionRecords
{
    /// <summary>Two parameters each: below what a statement takes in any build of the database.</summary>
    private const int AtOnce = 400;

    public static VersionRecord? Find(IDbConnection c, IDbTransaction? t, string model, int version) =>
        VersionStore.Find(c, t, model, version) is { } found ? Of(c, t, found) : null;

    public static VersionRecord Of(IDbConnection c, IDbTransaction? t, ModelVersion version) => new(
        version,
        TagStore.Of(c, t, version.Model, version.Version),
        c.Query<string>("SELECT alias FROM aliases WHERE model = @Model AND version = @Version ORDER BY alias", new { version.Model, version.Version }, t).AsList());

    /// <summary>Many versions with their tags and aliases, in the order given. Cost: two queries for each few hundred.</summary>
    public static IReadOnlyList<VersionRecord> Of(IDbConnection c, IReadOnlyList<ModelVersion> versions)
    {
        var tags = new Dictionary<(string, int), SortedDictionary<string, string>>();
        var aliases = new Dictionary<(string, int), SortedSet<string>>();
        foreach (var some in versions.Chunk(AtOnce))
        {
            var (keys, values) = Keys(some);
            foreach (var label in c.Query<Label>($"SELECT t.model AS Model, t.version AS Version, t.key AS Name, t.value AS Value FROM (VALUES {keys}) AS k CROSS JOIN version_tags t WHERE t.model = k.column1 AND t.version = k.column2", values))
            {
                Entry(tags, label, () => new SortedDictionary<string, string>(StringComparer.Ordinal))[label.Name] = label.Value;
            }

            foreach (var label in c.Query<Label>($"SELECT a.model AS Model, a.version AS Version, a.alias AS Name FROM (VALUES {keys}) AS k CROSS JOIN aliases a WHERE a.model = k.column1 AND a.version = k.column2", values))
            {
                Entry(aliases, label, () => new SortedSet<string>(StringComparer.Ordinal)).Add(label.Name);
            }
        }

        return
        [
            .. versions.Select(v => new VersionRecord(
                v,
                tags.TryGetValue((v.Model, v.Version), out var tagged) ? tagged : new SortedDictionary<string, string>(StringComparer.Ordinal),
                aliases.TryGetValue((v.Model, v.Version), out var named) ? [.. named] : [])),
        ];
    }

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

    private static (string Keys, DynamicParameters Values) Keys(ModelVersion[] versions)
    {
        var values = new DynamicParameters();
        var keys = new List<string>(versions.Length);
        for (var i = 0; i < versions.Length; i++)
        {
            var number = VersionStore.Number(i);
            keys.Add($"(@m{number}, @v{number})");
            values.Add($"m{number}", versions[i].Model);
            values.Add($"v{number}", versions[i].Version);
        }

        return (string.Join(", ", keys), values);
    }

    private static T Entry<T>(Dictionary<(string, int), T> labels, Label label, Func<T> make)
    {
        if (!labels.TryGetValue((label.Model, label.Version), out var entry))
        {
            labels[(label.Model, label.Version)] = entry = make();
        }

        return entry;
    }

    /// <summary>A tag or an alias of a version. Settable members, because databases differ in the width of their integers.</summary>
    private sealed class Label
    {
        public string Model { get; set; } = "";

        public int Version { get; set; }

        public string Name { get; set; } = "";

        public string Value { get; set; } = "";
    }
}
