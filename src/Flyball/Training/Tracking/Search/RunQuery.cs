using System.Data;
using Dapper;

namespace Flyball.Training.Tracking.Search;

/// <summary>
/// Finds one page of runs without looking at all of them.
/// <list type="number">
/// <item>A condition that few runs fulfil (counted up to a bound, in its index) leads: its runs are joined and sorted.</item>
/// <item>Else the order leads: the index of the first term is walked, and rows that do not fulfil the conditions are passed over until the
/// page is full. Runs with a value come first, then NaN, then those without the key, each walked by itself. Of parameters and tags, whose values many
/// runs share, the index goes on with the newest first, which is how equal ones are listed.</item>
/// <item>A page goes on after the last row's place, so the index is entered where the page before ended.</item>
/// </list>
/// </summary>
/// <remarks>Cost: of the order of the page, unless the conditions and the order pull apart; at worst one look at each run.</remarks>
internal sealed class RunQuery
{
    /// <summary>So many rows are sorted sooner than an index of all runs is walked.</summary>
    internal const int Few = 4_000;

    private const int Present = 0;
    private const int Missing = 2;

    private readonly IDbConnection db;
    private readonly RunSearch search;
    private readonly IReadOnlyList<SearchComparison> filter;
    private readonly IReadOnlyList<SearchOrder> order;
    private readonly string identity;

    private readonly int few;

    /// <param name="db">One state of the catalog.</param>
    /// <param name="search">What is asked for.</param>
    /// <param name="few">How many rows are sorted sooner than an index is walked.</param>
    public RunQuery(IDbConnection db, RunSearch search, int few = Few)
    {
        this.db = db;
        this.few = few;
        this.search = search;
        filter = SearchParser.Filter(search.Filter, SearchSchema.Runs);
        order = SearchParser.Order(search.OrderBy, SearchSchema.Runs);
        identity = string.Join('\n', [string.Join(',', search.Experiments), search.Filter ?? "", search.View.ToString(), .. search.OrderBy]);
    }

    public SearchPage<TrackedRun> Page()
    {
        var keys = new Keyset(Terms(null), identity);
        var place = keys.Place(search.PageToken);
        if (search.Experiments.Count == 0)
        {
            return new SearchPage<TrackedRun>([], null);
        }

        var found = new List<(TrackedRun Run, IReadOnlyList<object> Place)>();
        var lead = Lead();
        if (lead is null && order is [{ Field.Kind: not SearchKind.Attribute } first, ..])
        {
            Walk(first, place, found);
        }
        else
        {
            Find(lead, null, place, found);
        }

        var more = found.Count > search.Limit;
        var page = found.Take(search.Limit).Select(f => f.Run).ToList();
        return new SearchPage<TrackedRun>(RunRows.WithAll(db, page), more ? keys.Token(found[search.Limit - 1].Place) : null);
    }

    /// <summary>Runs with a value, with NaN, and without the key, until the page is full.</summary>
    private void Walk(SearchOrder first, IReadOnlyList<object>? place, List<(TrackedRun, IReadOnlyList<object>)> found)
    {
        // A run whose value is compared has one.
        var last = filter.Any(c => c.Field == first.Field) ? Present : Missing;
        for (var phase = place is null ? Present : (int)(long)place[0]; phase <= last && found.Count <= search.Limit; phase++)
        {
            var entered = place is not null && (long)place[0] == phase ? place : null;
            if (phase == Present && entered is not null && IsTied)
            {
                // The rest of a value that many runs may share, and then the values after it: each enters the index where it begins.
                Find(null, phase, entered, found, "o0.value = @after1 AND o0.start_ms <= @after2");
                if (found.Count <= search.Limit)
                {
                    Find(null, phase, entered, found, $"o0.value {(first.Descending ? "<" : ">")} @after1");
                }
            }
            else if (phase is Present or Missing || first.Field.Kind == SearchKind.Metric)
            {
                Find(null, phase, entered, found, phase == Present && entered is not null ? $"o0.value {(first.Descending ? "<=" : ">=")} @after1" : null);
            }
        }
    }

    /// <summary>Whether equal values are told apart by the start of their runs, which stands beside them.</summary>
    private bool IsTied => order is [{ Field.Kind: SearchKind.Param or SearchKind.Tag }];

    /// <param name="enter">Said by the place already; this form lets the index be entered there.</param>
    private void Find(SearchComparison? lead, int? phase, IReadOnlyList<object>? place, List<(TrackedRun, IReadOnlyList<object>)> found, string? enter = null)
    {
        var keys = new Keyset(Terms(phase), identity);
        var values = new DynamicParameters();
        var from = new List<string>();
        var where = new List<string>();
        if (phase is { } walked && walked != Missing)
        {
            from.Add($"{TableOf(order[0].Field.Kind)} o0");
            where.Add("o0.key = @o0key");
            where.Add("r.run_no = o0.run_no");
            if (order[0].Field.Kind == SearchKind.Metric)
            {
                where.Add($"o0.is_nan = {walked}");
            }
        }
        else if (phase == Missing)
        {
            where.Add($"NOT EXISTS (SELECT 1 FROM {TableOf(order[0].Field.Kind)} o0 WHERE o0.run_no = r.run_no AND o0.key = @o0key)");
        }

        if (lead is not null && TableOf(lead.Field.Kind) is { } leading)
        {
            from.Add($"{leading} c{IndexOf(lead)}");
        }

        from.Add("tracking_runs r");
        AddConditions(lead, phase, from, where, values);
        AddOrders(phase, from, values);
        var skip = phase is null ? 0 : phase == Present ? 1 : 2;
        if (place is not null)
        {
            where.Add(keys.After(place, skip, values));
            if (enter is not null)
            {
                where.Add(enter);
            }
            else if (phase is null && keys.Terms[0] is { Sql: "r.start_ms" } start)
            {
                where.Add($"r.start_ms {(start.Descending ? "<=" : ">=")} @after0");
            }
        }

        Read($"SELECT {RunRows.Columns}, {keys.Columns} FROM {string.Join(" CROSS JOIN ", from.Where(f => !f.StartsWith("LEFT", StringComparison.Ordinal)))} "
            + $"{string.Join(' ', from.Where(f => f.StartsWith("LEFT", StringComparison.Ordinal)))} WHERE {string.Join(" AND ", where)} ORDER BY {keys.Order(skip)} LIMIT {search.Limit + 1 - found.Count}", values, keys, found);
    }

    private void Read(string sql, DynamicParameters values, Keyset keys, List<(TrackedRun, IReadOnlyList<object>)> found)
    {
        using var rows = (IDataReader)db.ExecuteReader(sql, values);
        var parse = rows.GetRowParser<TrackedRun>();
        while (rows.Read())
        {
            found.Add((parse(rows), keys.PlaceOf(rows)));
        }
    }

    private void AddConditions(SearchComparison? lead, int? phase, List<string> from, List<string> where, DynamicParameters values)
    {
        if (search.View != LifecycleView.All)
        {
            where.Add($"r.lifecycle = '{(search.View == LifecycleView.ActiveOnly ? Lifecycle.Active : Lifecycle.Deleted)}'");
        }

        // A sign before the column keeps its index from leading where something else does.
        var led = lead is not null || phase is Present or 1;
        where.Add(search.Experiments is [var only] ? $"{(led ? "+" : "")}r.experiment_id = {only}" : $"{(led || !FewIn(search.Experiments) ? "+" : "")}r.experiment_id IN ({string.Join(',', search.Experiments)})");
        for (var i = 0; i < filter.Count; i++)
        {
            var comparison = filter[i];
            if (comparison.Field.Kind == SearchKind.Attribute)
            {
                where.Add(SearchSql.Condition(SearchSchema.Runs.Attribute(comparison.Field.Key)!.Sql, comparison, values));
            }
            else if (comparison.Field.Kind == SearchKind.Dataset)
            {
                where.Add(DatasetCondition(comparison, values));
            }
            else if (phase == Present && comparison.Field == order[0].Field)
            {
                where.Add(SearchSql.Condition("o0.value", comparison, values));
            }
            else
            {
                if (!ReferenceEquals(comparison, lead))
                {
                    from.Add($"{TableOf(comparison.Field.Kind)} c{i}");
                }

                where.Add($"c{i}.run_no = r.run_no AND {Own(i, values)}");
            }
        }
    }

    private void AddOrders(int? phase, List<string> from, DynamicParameters values)
    {
        for (var i = 0; i < order.Count; i++)
        {
            if (TableOf(order[i].Field.Kind) is not { } table)
            {
                continue;
            }

            values.Add($"o{i}key", order[i].Field.Key);
            if (i > 0 || phase is null)
            {
                from.Add($"LEFT JOIN {table} o{i} ON o{i}.run_no = r.run_no AND o{i}.key = @o{i}key");
            }
        }
    }

    /// <summary>A comparison in the table of its values, without the run.</summary>
    private string Own(int index, DynamicParameters values)
    {
        var comparison = filter[index];
        var condition = SearchSql.Condition($"c{index}.value", comparison, values);
        values.Add($"c{index}key", comparison.Field.Key);
        return $"c{index}.key = @c{index}key {(comparison.Field.Kind == SearchKind.Metric ? $"AND c{index}.is_nan = 0" : "")} AND {condition}";
    }

    private static string DatasetCondition(SearchComparison comparison, DynamicParameters values)
    {
        var column = comparison.Field.Key switch { "name" => "d.name", "digest" => "d.digest", _ => "t.value" };
        return $"""
            EXISTS (SELECT 1 FROM tracking_inputs i JOIN tracking_datasets d ON d.dataset_no = i.dataset_no
              LEFT JOIN tracking_input_tags t ON t.run_no = i.run_no AND t.dataset_no = i.dataset_no AND t.key = '{DatasetUse.ContextTag}'
              WHERE i.run_no = r.run_no AND {SearchSql.Condition(column, comparison, values)})
            """;
    }

    /// <summary>The comparison that the fewest runs fulfil, when those are few; null when the order should lead.</summary>
    private SearchComparison? Lead()
    {
        SearchComparison? best = null;
        var least = few + 1L;
        for (var i = 0; i < filter.Count; i++)
        {
            if (CountOf(i) is { } count && count < least)
            {
                (best, least) = (filter[i], count);
            }
        }

        return best;
    }

    private long? CountOf(int index)
    {
        var comparison = filter[index];
        var narrows = comparison.Field.Kind == SearchKind.Metric
            ? comparison.Operator is not SearchOperator.NotEqual
            : comparison.Operator is SearchOperator.Equal or SearchOperator.In;
        var values = new DynamicParameters();
        if (!narrows || comparison.Field.Kind == SearchKind.Dataset)
        {
            return null;
        }

        if (comparison.Field.Kind == SearchKind.Attribute)
        {
            return comparison.Field.Key is "run_id" or "run_name" or "status"
                ? Count($"tracking_runs r WHERE {SearchSql.Condition(SearchSchema.Runs.Attribute(comparison.Field.Key)!.Sql, comparison, values)}", values)
                : null;
        }

        return Count($"{TableOf(comparison.Field.Kind)} c{index} WHERE {Own(index, values)}", values);
    }

    private int IndexOf(SearchComparison comparison)
    {
        var index = 0;
        while (!ReferenceEquals(filter[index], comparison))
        {
            index++;
        }

        return index;
    }

    private bool FewIn(IReadOnlyList<long> experiments) => Count($"tracking_runs WHERE experiment_id IN ({string.Join(',', experiments)})", new DynamicParameters()) <= few;

    private long Count(string what, DynamicParameters values) =>
        db.ExecuteScalar<long>($"SELECT COUNT(*) FROM (SELECT 1 FROM {what} LIMIT {few + 1}) AS bounded", values);

    private static string? TableOf(SearchKind kind) => kind switch
    {
        SearchKind.Metric => "tracking_latest",
        SearchKind.Param => "tracking_params",
        SearchKind.Tag => "tracking_tags",
        _ => null,
    };

    /// <summary>The total order; in a phase of a walk the first term's rank is known.</summary>
    private List<SortTerm> Terms(int? phase)
    {
        var terms = new List<SortTerm>();
        for (var i = 0; i < order.Count; i++)
        {
            var (kind, down) = (order[i].Field.Kind, order[i].Descending);
            if (kind == SearchKind.Attribute)
            {
                AddAttribute(terms, order[i].Field.Key, down);
                continue;
            }

            var type = kind == SearchKind.Metric ? SortType.Real : SortType.Text;
            var none = kind == SearchKind.Metric ? "0.0" : "''";
            var rank = kind == SearchKind.Metric ? $"o{i}.is_nan" : "0";
            terms.Add(new SortTerm(i == 0 && phase is { } known ? $"{known}" : $"CASE WHEN o{i}.run_no IS NULL THEN {Missing} ELSE {rank} END", SortType.Integer));
            terms.Add(new SortTerm(i > 0 || phase is null ? $"COALESCE(o{i}.value, {none})" : phase == Missing ? none : $"o{i}.value", type, down));
        }

        if (order.All(o => o.Field is not { Kind: SearchKind.Attribute, Key: "start_time" }))
        {
            terms.Add(new SortTerm(phase == Present && IsTied ? "o0.start_ms" : "r.start_ms", SortType.Integer, Descending: true));
        }

        terms.Add(new SortTerm("r.run_id", SortType.Text));
        return terms;
    }

    private static void AddAttribute(List<SortTerm> terms, string name, bool down)
    {
        var attribute = SearchSchema.Runs.Attribute(name)!;
        if (name == "end_time")
        {
            terms.Add(new SortTerm($"CASE WHEN {attribute.Sql} IS NULL THEN {Missing} ELSE 0 END", SortType.Integer));
            terms.Add(new SortTerm($"COALESCE({attribute.Sql}, 0)", SortType.Integer, down));
        }
        else
        {
            terms.Add(new SortTerm(attribute.Sql, attribute.IsNumber ? SortType.Integer : SortType.Text, down));
        }
    }
}
