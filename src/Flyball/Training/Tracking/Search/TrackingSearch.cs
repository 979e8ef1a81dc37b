using Flyball.Storage.Catalogs;

namespace Flyball.Training.Tracking.Search;

/// <summary>Searches runs, experiments and logged models with filters and orders, page by page.</summary>
public sealed class TrackingSearch(Catalog catalog)
{
    public const int Most = 50_000;

    /// <summary>One page of runs, with all they logged.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3300: the filter or order cannot be read. FLY3303: the page token is of another search.</exception>
    public SearchPage<TrackedRun> Runs(RunSearch search) => catalog.Read(db => new RunQuery(db, search).Page());

    /// <summary>One page of experiments; newest first without an order.</summary>
    public SearchPage<TrackedExperiment> Experiments(string? filter, IReadOnlyList<string> orderBy, LifecycleView view, int limit, string? pageToken)
    {
        var schema = SearchSchema.Experiments;
        var order = SearchParser.Order(orderBy, schema);
        List<SortTerm> terms = [.. order.Select(o => Term(schema, o))];
        if (order.Count == 0)
        {
            terms.Add(new SortTerm("e.created_ms", SortType.Integer, Descending: true));
        }

        if (order.All(o => o.Field.Key != "experiment_id"))
        {
            terms.Add(new SortTerm("e.experiment_id", SortType.Integer));
        }

        var keys = new Keyset(terms, string.Join('\n', ["experiments", filter ?? "", view.ToString(), .. orderBy]));
        return catalog.Read(db =>
        {
            var query = new SearchedTable(ExperimentStore.Columns, "tracking_experiments e", "e.experiment_id", "tracking_experiment_tags", "experiment_id");
            var where = View("e", view);
            return query.Page<TrackedExperiment>(db, SearchParser.Filter(filter, schema), schema, keys, where, (limit, pageToken), rows => ExperimentStore.WithTags(db, rows));
        });
    }

    /// <summary>One page of logged models that are not deleted; newest first without an order.</summary>
    public SearchPage<LoggedModel> LoggedModels(LoggedModelSearch search)
    {
        var schema = SearchSchema.LoggedModels;
        var order = SearchParser.Order(search.OrderBy, schema);
        List<SortTerm> terms = [];
        var values = new List<(string, string)>();
        foreach (var term in order)
        {
            AddModelTerm(terms, term, values);
        }

        terms.Add(new SortTerm("m.created_ms", SortType.Integer, Descending: true));
        terms.Add(new SortTerm("m.model_id", SortType.Text));
        var keys = new Keyset(terms, string.Join('\n', ["models", string.Join(',', search.Experiments), search.Filter ?? "", .. search.Datasets.Select(d => $"{d.Name}\t{d.Digest}"), .. search.OrderBy]));
        if (search.Experiments.Count == 0)
        {
            return new SearchPage<LoggedModel>([], null);
        }

        return catalog.Read(db =>
        {
            var query = new SearchedTable(LoggedModelStore.Columns, "tracking_models m", "m.model_no", "tracking_model_tags", "model_no") { Values = values, Datasets = search.Datasets };
            var where = $"m.lifecycle = 'active' AND m.experiment_id IN ({string.Join(',', search.Experiments)})";
            return query.Page<LoggedModel>(db, SearchParser.Filter(search.Filter, schema), schema, keys, where, (search.Limit, search.PageToken), rows => LoggedModelStore.WithAll(db, rows));
        });
    }

    private static string View(string table, LifecycleView view) => view switch
    {
        LifecycleView.ActiveOnly => $"{table}.lifecycle = 'active'",
        LifecycleView.DeletedOnly => $"{table}.lifecycle = 'deleted'",
        _ => "1 = 1",
    };

    private static SortTerm Term(SearchSchema schema, SearchOrder order)
    {
        if (order.Field.Kind != SearchKind.Attribute)
        {
            throw SearchLexer.Refuse("order_by", $"'{order.Field.Key}' is no attribute: these are ordered by {string.Join(", ", schema.AttributeNames(order: true))}", 1);
        }

        var attribute = schema.Attribute(order.Field.Key)!;
        return new SortTerm(attribute.Sql, attribute.IsNumber ? SortType.Integer : SortType.Text, order.Descending);
    }

    /// <summary>Models are sorted by the latest of a metric over their runs and datasets; those without it come last.</summary>
    private static void AddModelTerm(List<SortTerm> terms, SearchOrder order, List<(string, string)> values)
    {
        if (order.Field.Kind == SearchKind.Attribute)
        {
            terms.Add(Term(SearchSchema.LoggedModels, order));
            return;
        }

        var (key, metric) = ($"sort{values.Count}", order.Field.Kind == SearchKind.Metric);
        var table = metric ? "tracking_model_metrics" : order.Field.Kind == SearchKind.Param ? "tracking_model_params" : "tracking_model_tags";
        var one = $"(SELECT {{0}} FROM {table} s WHERE s.model_no = m.model_no AND s.key = @{key} {(metric ? "AND s.is_nan = 0 ORDER BY s.step DESC, s.at_ms DESC, s.value DESC" : "")} LIMIT 1)";
        values.Add((key, order.Field.Key));
        terms.Add(new SortTerm($"CASE WHEN {one.Replace("{0}", "1", StringComparison.Ordinal)} IS NULL THEN 2 ELSE 0 END", SortType.Integer));
        terms.Add(new SortTerm($"COALESCE({one.Replace("{0}", "s.value", StringComparison.Ordinal)}, {(metric ? "0.0" : "''")})", metric ? SortType.Real : SortType.Text, order.Descending));
    }
}
