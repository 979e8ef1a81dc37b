using System.Collections.Frozen;

namespace Flyball.Training.Tracking.Search;

/// <summary>What may be searched in one kind of thing: its attributes under all their names, and what belongs to it.</summary>
public sealed class SearchSchema
{
    private static readonly FrozenDictionary<string, SearchKind> Entities = new Dictionary<string, SearchKind>(StringComparer.Ordinal)
    {
        ["attribute"] = SearchKind.Attribute,
        ["attributes"] = SearchKind.Attribute,
        ["attr"] = SearchKind.Attribute,
        ["run"] = SearchKind.Attribute,
        ["metric"] = SearchKind.Metric,
        ["metrics"] = SearchKind.Metric,
        ["param"] = SearchKind.Param,
        ["params"] = SearchKind.Param,
        ["parameter"] = SearchKind.Param,
        ["parameters"] = SearchKind.Param,
        ["tag"] = SearchKind.Tag,
        ["tags"] = SearchKind.Tag,
        ["dataset"] = SearchKind.Dataset,
        ["datasets"] = SearchKind.Dataset,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, SearchAttribute> attributes;
    private readonly SearchKind[] kinds;

    /// <param name="attributes">Attributes under each of their names.</param>
    /// <param name="allowsInTexts">Whether IN may be used on parameters and tags.</param>
    /// <param name="kinds">What besides attributes may be named.</param>
    public SearchSchema(IEnumerable<(string Name, SearchAttribute Attribute)> attributes, bool allowsInTexts, params SearchKind[] kinds)
    {
        this.attributes = attributes.ToFrozenDictionary(a => a.Name, a => a.Attribute, StringComparer.Ordinal);
        this.kinds = kinds;
        AllowsInTexts = allowsInTexts;
    }

    public bool AllowsInTexts { get; }

    public static SearchSchema Runs { get; } = new(
        [
            .. Named(new SearchAttribute("run_id", "r.run_id", AllowsIn: true)),
            .. Named(new SearchAttribute("run_name", "r.name"), "run name", "Run name", "Run Name"),
            .. Named(new SearchAttribute("status", "r.status")),
            .. Named(new SearchAttribute("artifact_uri", "r.artifact_uri")),
            .. Named(new SearchAttribute("user_id", "r.user_id")),
            .. Named(new SearchAttribute("start_time", "r.start_ms", IsNumber: true), "created", "Created"),
            .. Named(new SearchAttribute("end_time", "r.end_ms", IsNumber: true)),
        ],
        false, SearchKind.Metric, SearchKind.Param, SearchKind.Tag, SearchKind.Dataset);

    public static SearchSchema Experiments { get; } = new(
        [
            .. Named(new SearchAttribute("name", "e.name")),
            .. Named(new SearchAttribute("experiment_id", "e.experiment_id", IsNumber: true, IsFilter: false)),
            .. Named(new SearchAttribute("creation_time", "e.created_ms", IsNumber: true)),
            .. Named(new SearchAttribute("last_update_time", "e.updated_ms", IsNumber: true)),
        ],
        false, SearchKind.Tag);

    public static SearchSchema LoggedModels { get; } = new(
        [
            .. Named(new SearchAttribute("name", "m.name", AllowsIn: true)),
            .. Named(new SearchAttribute("model_id", "m.model_id", AllowsIn: true)),
            .. Named(new SearchAttribute("model_type", "m.model_type", AllowsIn: true)),
            .. Named(new SearchAttribute("status", "m.status", AllowsIn: true)),
            .. Named(new SearchAttribute("source_run_id", "m.source_run_id", AllowsIn: true)),
            .. Named(new SearchAttribute("creation_timestamp", "m.created_ms", IsNumber: true), "creation_time"),
            .. Named(new SearchAttribute("last_updated_timestamp", "m.updated_ms", IsNumber: true), "last_updated_time"),
        ],
        true, SearchKind.Metric, SearchKind.Param, SearchKind.Tag);

    /// <summary>The names that may stand in a filter or an order.</summary>
    public IEnumerable<string> AttributeNames(bool order) =>
        attributes.Values.Where(a => order ? a.IsOrder : a.IsFilter).Select(a => a.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Null when there is no such attribute.</summary>
    public SearchAttribute? Attribute(string name) => attributes.GetValueOrDefault(name);

    /// <summary>Whether a word before a dot says what the rest belongs to.</summary>
    public bool TryEntity(string word, out SearchKind kind) => Entities.TryGetValue(word, out kind) && (kind == SearchKind.Attribute || kinds.Contains(kind));

    /// <summary>An attribute under its own name and its aliases.</summary>
    public static IEnumerable<(string Name, SearchAttribute Attribute)> Named(SearchAttribute attribute, params string[] aliases) =>
        aliases.Prepend(attribute.Name).Select(name => (name, attribute));
}
