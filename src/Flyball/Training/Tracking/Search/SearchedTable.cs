using System.Data;
using Dapper;

namespace Flyball.Training.Tracking.Search;

/// <summary>A table of things with tags beside it, searched by looking at its rows in order.</summary>
/// <param name="Columns">What is read of a row.</param>
/// <param name="Table">The table with its short name.</param>
/// <param name="Key">Its key column.</param>
/// <param name="Tags">The table of its tags.</param>
/// <param name="TagKey">The column there that refers to the key.</param>
internal sealed record SearchedTable(string Columns, string Table, string Key, string Tags, string TagKey)
{
    /// <summary>Parameters that the terms of the order refer to.</summary>
    public IReadOnlyList<(string Name, string Value)> Values { get; init; } = [];

    /// <summary>On which datasets metrics count.</summary>
    public IReadOnlyList<(string Name, string? Digest)> Datasets { get; init; } = [];

    /// <summary>One page, completed with what belongs to its rows.</summary>
    public SearchPage<T> Page<T>(
        IDbConnection db, IReadOnlyList<SearchComparison> filter, SearchSchema schema, Keyset keys, string where, (int Limit, string? Token) page, Func<IReadOnlyList<T>, IReadOnlyList<T>> complete)
    {
        var values = new DynamicParameters();
        foreach (var (name, value) in Values)
        {
            values.Add(name, value);
        }

        List<string> conditions = [where, .. filter.Select(c => Condition(c, schema, values))];
        if (keys.Place(page.Token) is { } place)
        {
            conditions.Add(keys.After(place, 0, values));
        }

        var found = new List<(T Row, IReadOnlyList<object> Place)>();
        using (var rows = db.ExecuteReader($"SELECT {Columns}, {keys.Columns} FROM {Table} WHERE {string.Join(" AND ", conditions)} ORDER BY {keys.OrderBy} LIMIT {page.Limit + 1}", values))
        {
            var parse = rows.GetRowParser<T>();
            while (rows.Read())
            {
                found.Add((parse(rows), keys.PlaceOf(rows)));
            }
        }

        return new SearchPage<T>(complete([.. found.Take(page.Limit).Select(f => f.Row)]), found.Count > page.Limit ? keys.Token(found[page.Limit - 1].Place) : null);
    }

    private string Condition(SearchComparison comparison, SearchSchema schema, DynamicParameters values)
    {
        if (comparison.Field.Kind == SearchKind.Attribute)
        {
            return SearchSql.Condition(schema.Attribute(comparison.Field.Key)!.Sql, comparison, values);
        }

        var table = comparison.Field.Kind switch
        {
            SearchKind.Metric => "tracking_model_metrics",
            SearchKind.Param => "tracking_model_params",
            _ => Tags,
        };
        var name = $"v{values.ParameterNames.Count()}_";
        values.Add(name, comparison.Field.Key);
        var measured = comparison.Field.Kind == SearchKind.Metric ? " AND s.is_nan = 0" + OnDatasets(values) : "";
        return $"EXISTS (SELECT 1 FROM {table} s WHERE s.{TagKey} = {Key} AND s.key = @{name}{measured} AND {SearchSql.Condition("s.value", comparison, values)})";
    }

    private string OnDatasets(DynamicParameters values)
    {
        var any = Datasets.Select(dataset =>
        {
            var name = $"v{values.ParameterNames.Count()}_";
            values.Add(name, dataset.Name);
            values.Add(name + "d", dataset.Digest);
            return $"(s.dataset_name = @{name} AND (@{name}d IS NULL OR s.dataset_digest = @{name}d))";
        }).ToList();
        return any.Count == 0 ? "" : $" AND ({string.Join(" OR ", any)})";
    }
}
