using System.Data;
using Dapper;
using Flyball.Storage.Catalogs;
using Flyball.Training.Tracking.Search;

namespace Flyball.Registry.Queries;

/// <summary>
/// Finds models and versions with filters and orders, page by page. Prompts, which some clients keep as models with the tag
/// <c>mlflow.prompt.is_prompt</c>, are found by searches that name this tag and by no others.
/// </summary>
public sealed class RegistryQueries(Catalog catalog)
{
    private const string PromptTag = "mlflow.prompt.is_prompt";

    /// <exception cref="Engine.Problems.FlyballException">FLY3300: the filter or order cannot be read. FLY3303: the page token is of another search.</exception>
    public SearchPage<RegisteredModel> Models(string? filter, IReadOnlyList<string> orderBy, int limit, string? pageToken)
    {
        var keys = Keys(orderBy, RegistrySchemas.Models, [new("m.model", SortType.Text)], $"models\n{filter}");
        return catalog.Read(db => Page<ModelStore.Row, RegisteredModel>(
            db, $"SELECT {ModelStore.Columns}, {keys.Columns} FROM registered_models m WHERE m.deleted_micros IS NULL", Conditions(filter, RegistrySchemas.Models, "model_tags", "t.model = m.model"),
            keys, (limit, pageToken), row => ModelStore.Of(db, null, row)));
    }

    /// <exception cref="Engine.Problems.FlyballException">FLY3300: the filter or order cannot be read. FLY3303: the page token is of another search.</exception>
    public SearchPage<VersionRecord> Versions(string? filter, IReadOnlyList<string> orderBy, int limit, string? pageToken)
    {
        var keys = Keys(
            orderBy,
            RegistrySchemas.Versions,
            [new("v.updated_micros", SortType.Integer, Descending: true), new("v.model", SortType.Text), new("v.version", SortType.Integer, Descending: true)],
            $"versions\n{filter}");
        return catalog.Read(db => Page<VersionRow, VersionRecord>(
            db, $"SELECT {VersionRow.Columns}, {keys.Columns} FROM versions v WHERE v.deleted_micros IS NULL",
            Conditions(filter, RegistrySchemas.Versions, "version_tags", "t.model = v.model AND t.version = v.version"), keys, (limit, pageToken), row => VersionRecords.Of(db, null, row.ToVersion())));
    }

    private static Keyset Keys(IReadOnlyList<string> orderBy, SearchSchema schema, IReadOnlyList<SortTerm> usual, string query)
    {
        var order = SearchParser.Order(orderBy, schema).Select(o => o.Field.Kind != SearchKind.Attribute
            ? throw SearchLexer.Refuse("order_by", $"'{o.Field.Key}' is no attribute: these are ordered by {string.Join(", ", schema.AttributeNames(order: true))}", 1)
            : new SortTerm(schema.Attribute(o.Field.Key)!.Sql, schema.Attribute(o.Field.Key)!.IsNumber ? SortType.Integer : SortType.Text, o.Descending)).ToList();
        return new Keyset([.. order, .. usual.Where(u => order.All(o => o.Sql != u.Sql))], string.Join('\n', [query, .. orderBy]));
    }

    private static (string Where, DynamicParameters Values) Conditions(string? filter, SearchSchema schema, string tags, string join)
    {
        var values = new DynamicParameters();
        var comparisons = SearchParser.Filter(filter, schema);
        var conditions = comparisons.Select(comparison =>
        {
            if (comparison.Field.Kind == SearchKind.Attribute)
            {
                return SearchSql.Condition(schema.Attribute(comparison.Field.Key)!.Sql, comparison, values);
            }

            // What has no such tag is no prompt: other tags that are missing fulfil nothing.
            var (exists, holds) = comparison is { Field.Key: PromptTag, Operator: SearchOperator.NotEqual } ? ("NOT EXISTS", comparison with { Operator = SearchOperator.Equal }) : ("EXISTS", comparison);
            var name = $"t{values.ParameterNames.Count()}_";
            values.Add(name, comparison.Field.Key);
            return $"{exists} (SELECT 1 FROM {tags} t WHERE {join} AND t.key = @{name} AND {SearchSql.Condition("t.value", holds, values)})";
        }).ToList();
        if (comparisons.All(c => c.Field is not { Kind: SearchKind.Tag, Key: PromptTag }))
        {
            conditions.Add($"NOT EXISTS (SELECT 1 FROM {tags} t WHERE {join} AND t.key = '{PromptTag}' AND t.value = 'true')");
        }

        return (string.Join(" AND ", conditions), values);
    }

    private static SearchPage<T> Page<TRow, T>(
        IDbConnection db, string select, (string Where, DynamicParameters Values) conditions, Keyset keys, (int Limit, string? Token) page, Func<TRow, T> complete)
    {
        var after = keys.Place(page.Token) is { } place ? $" AND {keys.After(place, 0, conditions.Values)}" : "";
        var found = new List<(TRow Row, IReadOnlyList<object> Place)>();
        using (var rows = db.ExecuteReader($"{select} AND {conditions.Where}{after} ORDER BY {keys.OrderBy} LIMIT {page.Limit + 1}", conditions.Values))
        {
            var parse = rows.GetRowParser<TRow>();
            while (rows.Read())
            {
                found.Add((parse(rows), keys.PlaceOf(rows)));
            }
        }

        return new SearchPage<T>([.. found.Take(page.Limit).Select(f => complete(f.Row))], found.Count > page.Limit ? keys.Token(found[page.Limit - 1].Place) : null);
    }
}
