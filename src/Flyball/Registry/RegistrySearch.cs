using Dapper;
using Flyball.Storage.Catalogs;

namespace Flyball.Registry;

/// <summary>
/// Finds models and versions by a condition that is already SQL: whoever has a grammar compiles it to one. Conditions name columns of
/// <c>registered_models m</c> and <c>versions v</c>; values come as parameters, never in the text. Deleted ones are never found.
/// </summary>
/// <remarks>
/// Indexed: <c>m.model</c>, <c>m.updated_micros</c>; <c>v.model, v.version</c>, <c>v.updated_micros</c>, <c>v.created_micros</c>, <c>v.run_id</c>,
/// <c>v.source</c>, <c>v.digest</c>, <c>v.model, v.stage</c>; tags by key and value, so a
/// condition on one is best <c>(v.model, v.version) IN (SELECT model, version FROM version_tags WHERE key = @key AND value = @value)</c>.
/// </remarks>
public sealed class RegistrySearch(Catalog catalog)
{
    /// <param name="condition">Over <c>m</c>; <c>1 = 1</c> for all.</param>
    /// <param name="order">Such as <c>m.model</c>.</param>
    /// <param name="parameters">Values by name, as the condition names them with <c>@</c>.</param>
    public IReadOnlyList<RegisteredModel> Models(string condition, string order, IReadOnlyDictionary<string, object?> parameters, int limit, int offset = 0) =>
        catalog.Read(c => c.Query<ModelStore.Row>(
            $"SELECT {ModelStore.Columns} FROM registered_models m WHERE m.deleted_micros IS NULL AND ({condition}) ORDER BY {order} LIMIT @limit__ OFFSET @offset__",
            Values(parameters, limit, offset)).AsList().Select(r => ModelStore.Of(c, null, r)).ToList());

    /// <param name="condition">Over <c>v</c>; <c>1 = 1</c> for all.</param>
    /// <param name="order">Such as <c>v.updated_micros DESC, v.model, v.version DESC</c>, which an index serves.</param>
    /// <param name="parameters">Values by name, as the condition names them with <c>@</c>.</param>
    public IReadOnlyList<VersionRecord> Versions(string condition, string order, IReadOnlyDictionary<string, object?> parameters, int limit, int offset = 0) =>
        catalog.Read(c => VersionRecords.Of(c, c.Query<VersionRow>(
            $"SELECT {VersionRow.Columns} FROM versions v WHERE v.deleted_micros IS NULL AND ({condition}) ORDER BY {order} LIMIT @limit__ OFFSET @offset__",
            Values(parameters, limit, offset)).AsList().Select(r => r.ToVersion()).ToList()));

    private static DynamicParameters Values(IReadOnlyDictionary<string, object?> parameters, int limit, int offset)
    {
        var values = new DynamicParameters();
        foreach (var (name, value) in parameters)
        {
            values.Add(name, value);
        }

        values.Add("limit__", limit);
        values.Add("offset__", offset);
        return values;
    }
}
