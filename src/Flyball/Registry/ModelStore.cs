using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Engine.Problems;
using Flyball.Registry.Events;
using Flyball.Registry.Ledger;

namespace Flyball.Registry;

/// <summary>The SQL of registered models.</summary>
internal static class ModelStore
{
    public const string Columns =
        "m.model AS Model, m.description AS Description, m.created_by AS CreatedBy, m.created_micros AS CreatedMicros, m.updated_micros AS UpdatedMicros";

    public static bool Exists(IDbConnection c, IDbTransaction? t, string model) =>
        c.ExecuteScalar<int>("SELECT COUNT(*) FROM registered_models WHERE model = @model AND deleted_micros IS NULL", new { model }, t) > 0;

    /// <summary>Three lookups by key, however many versions there are.</summary>
    public static RegisteredModel? Find(IDbConnection c, IDbTransaction? t, string model) => c.QueryFirstOrDefault<Row>(
        $"SELECT {Columns} FROM registered_models m WHERE m.model = @model AND m.deleted_micros IS NULL", new { model }, t) is { } row
        ? Of(c, t, row)
        : null;

    public static RegisteredModel Of(IDbConnection c, IDbTransaction? t, Row row) => new(
        row.Model, row.Description, row.CreatedBy, row.CreatedMicros, row.UpdatedMicros, TagStore.Of(c, t, row.Model), AliasesOf(c, t, row.Model));

    public static IReadOnlyDictionary<string, int> AliasesOf(IDbConnection c, IDbTransaction? t, string model) => new SortedDictionary<string, int>(
        c.Query<AliasRow>("SELECT alias AS Alias, version AS Version FROM aliases WHERE model = @model", new { model }, t).ToDictionary(a => a.Alias, a => a.Version, StringComparer.Ordinal),
        StringComparer.Ordinal);

    /// <summary>Registers a model, and tells it.</summary>
    public static void Insert(RegistryTransaction change, ModelDraft draft)
    {
        change.Execute(
            "INSERT INTO registered_models (model, id, description, created_by, created_micros, updated_micros) "
            + "VALUES (@Name, (SELECT COALESCE(MAX(id), 0) + 1 FROM registered_models), @Description, @by, @micros, @micros)",
            new { draft.Name, draft.Description, by = change.Caller.Name, micros = change.Now.Micros });
        change.Enter(draft.Name, new LedgerChange(LedgerKinds.ModelCreated, null, null, draft.Name));
        foreach (var (key, value) in draft.Tags.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            TagStore.Set(change, draft.Name, key, value);
        }

        change.Tell(draft.Name, EventNames.Model, EventNames.Created, new JsonObject
        {
            ["name"] = draft.Name,
            ["tags"] = TagsOf(draft.Tags),
            ["description"] = draft.Description,
        });
    }

    /// <summary>Registers a model that a version needs, when it is not there.</summary>
    public static void Ensure(RegistryTransaction change, string model)
    {
        if (!Exists(change.Connection, change.Transaction, model))
        {
            Insert(change, new ModelDraft(model));
        }
    }

    public static JsonObject TagsOf(IReadOnlyDictionary<string, string> tags) =>
        new(tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value)));

    public static Problem Unknown(string model) => new(
        "FLY4004", $"There is no registered model {model}.", new ProblemLocation(Field: "model"), "GET /v1/models lists the models.");

    /// <summary>A row of <c>registered_models</c>. Settable members, because databases differ in the width of their integers.</summary>
    internal sealed class Row
    {
        public string Model { get; set; } = "";

        public string? Description { get; set; }

        public string CreatedBy { get; set; } = "";

        public long CreatedMicros { get; set; }

        public long UpdatedMicros { get; set; }
    }

    private sealed class AliasRow
    {
        public string Alias { get; set; } = "";

        public int Version { get; set; }
    }
}
