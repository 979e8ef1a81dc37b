using System.Text.Json.Nodes;
using Flyball.Contracts.Odcs;
using Flyball.Contracts.Quality;

namespace Flyball.Contracts.Versions;

/// <summary>
/// The differences between two contracts of one source, each with the step it needs.
/// <list type="number">
/// <item>Columns are matched by name; what happens to a column is judged by what the gate and the readers do with it.</item>
/// <item>A change that the rules know is compatible only when every row the old contract accepted stays accepted and no reader of an old column notices.</item>
/// <item>A change that no rule knows is breaking: guessing in favour of a change would let a row be lost.</item>
/// </list>
/// </summary>
public static class ContractDifference
{
    private static readonly HashSet<string> RowMembers = ["schema", "slaProperties", "slaDefaultElement", "customProperties", "version"];

    private static readonly HashSet<string> DocumentWords =
    [
        "apiVersion", "kind", "id", "status", "name", "tenant", "tags", "dataProduct", "domain", "description", "context", "servers", "support", "price", "team", "roles",
        "authoritativeDefinitions", "contractCreatedTs",
    ];

    private static readonly HashSet<string> SchemaWords = ["id", "physicalType", "physicalName", "description", "businessName", "authoritativeDefinitions", "tags", "dataGranularityDescription", "logicalType", "deprecated", "context", "tag"];

    /// <summary>In the order of the old file, then columns that are new; empty for the same contract. Pure. Cost: linear in the fields.</summary>
    /// <exception cref="ArgumentException">They describe two sources.</exception>
    public static IReadOnlyList<ContractChange> Between(ContractPlan old, ContractPlan next)
    {
        if (!string.Equals(old.Source, next.Source, StringComparison.Ordinal))
        {
            throw new ArgumentException("Contracts of two sources have no difference, they are two contracts.", nameof(next));
        }

        var changes = new List<ContractChange>();
        AddFields(old, next, changes);
        AddShape(old, next, changes);
        var (oldSchema, nextSchema) = (SchemaOf(old), SchemaOf(next));
        QualityDifference.Add(null, oldSchema["quality"] as JsonArray, nextSchema["quality"] as JsonArray, changes);
        AddSchema(oldSchema, nextSchema, changes);
        AddOutcomes(old, next, changes);
        AddDocument(old.Definition.Document, next.Definition.Document, changes);
        return changes;
    }

    /// <summary>The JSON of a column's property, as it was written.</summary>
    internal static JsonObject PropertyOf(ContractPlan plan, int index) => (JsonObject)SchemaOf(plan)["properties"]![index]!;

    internal static bool Same(JsonNode? a, JsonNode? b) => Engine.Identity.CanonicalJson.Write(a).AsSpan().SequenceEqual(Engine.Identity.CanonicalJson.Write(b));

    /// <summary>Custom properties by name.</summary>
    internal static Dictionary<string, JsonNode?> CustomOf(JsonObject owner) =>
        (owner["customProperties"] as JsonArray ?? []).OfType<JsonObject>().Where(p => p["property"] is not null)
            .GroupBy(p => p["property"]!.ToString(), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First()["value"], StringComparer.Ordinal);

    /// <summary>The name at the source that stands for a column in rows and files; null when none does.</summary>
    internal static string? PhysicalNameOf(ContractPlan plan, int index) =>
        ContractPlan.AliasesOf(plan.Definition.Fields, plan.Schema).Where(a => a.Column == index).Select(a => a.Name).FirstOrDefault();

    /// <summary>A custom property that no rule here judges: one of another tool, or one that a reader of ours knows and somebody forgot to judge.</summary>
    internal static ContractChange OtherCustom(string? field, string property, IReadOnlyCollection<string> ours) => ours.Contains(property)
        ? new ContractChange(field, $"custom property {property} changed", VersionStep.Major, "No rule says that rows and readers can bear it.")
        : new ContractChange(field, $"custom property {property} changed", VersionStep.Patch, "No rule reads it.");

    /// <summary>A file may describe several sources.</summary>
    private static JsonObject SchemaOf(ContractPlan plan) =>
        ((JsonArray)plan.Definition.Document["schema"]!).OfType<JsonObject>().First(s => string.Equals(s["name"]?.ToString(), plan.Source, StringComparison.Ordinal));

    private static void AddFields(ContractPlan old, ContractPlan next, List<ContractChange> changes)
    {
        var added = next.Fields.Where(f => old.Schema.IndexOf(f.Name) < 0).ToList();
        for (var i = 0; i < old.Fields.Length; i++)
        {
            var name = old.Fields[i].Name;
            var at = next.Schema.IndexOf(name);
            if (at >= 0)
            {
                FieldDifference.Add(old, i, next, at, changes);
                continue;
            }

            var twin = added.Find(a => a.Kind == old.Fields[i].Kind);
            var hint = twin is null ? "" : $" If it is called {twin.Name} now, keep the old name or send both for a while.";
            changes.Add(new ContractChange(name, "removed", VersionStep.Major, "Rows that hold it are refused, and readers of it find nothing." + hint));
        }

        changes.AddRange(added.Select(f => f.Required
            ? new ContractChange(f.Name, "added, required", VersionStep.Major, "Rows without it are refused.")
            : new ContractChange(f.Name, "added, optional", VersionStep.Minor, "Rows without it are accepted as before; it is null in them.")));
    }

    /// <summary>Event time, key and the order of columns.</summary>
    private static void AddShape(ContractPlan old, ContractPlan next, List<ContractChange> changes)
    {
        if (EventTimeOf(old) != EventTimeOf(next))
        {
            changes.Add(new ContractChange(EventTimeOf(old), "event time changed", VersionStep.Major, $"Windows and joins order rows by {EventTimeOf(next) ?? "their arrival"} instead."));
        }

        if (!KeyOf(old).SequenceEqual(KeyOf(next), StringComparer.Ordinal))
        {
            changes.Add(new ContractChange(null, "key changed", VersionStep.Major, $"What counts as the same row changes from ({string.Join(", ", KeyOf(old))}) to ({string.Join(", ", KeyOf(next))})."));
        }

        var shared = old.Fields.Select(f => f.Name).Where(n => next.Schema.IndexOf(n) >= 0);
        if (old.PrimaryKey.Count > 0 && !shared.SequenceEqual(next.Fields.Select(f => f.Name).Where(n => old.Schema.IndexOf(n) >= 0), StringComparer.Ordinal))
        {
            changes.Add(new ContractChange(null, "columns reordered", VersionStep.Major, "A row that is sent again has another stored form, and is refused as a correction instead of counted as a duplicate."));
        }
    }

    private static void AddSchema(JsonObject old, JsonObject next, List<ContractChange> changes)
    {
        foreach (var name in Names(old, next).Where(n => n is not ("properties" or "quality" or "customProperties" or "name") && !Same(old[n], next[n])))
        {
            changes.Add(SchemaWords.Contains(name)
                ? new ContractChange(null, $"{name} changed", VersionStep.Patch, "Words only.")
                : name == "relationships" && next[name] is null
                    ? new ContractChange(null, "relationships removed", VersionStep.Minor, "Fewer rows are refused.")
                    : new ContractChange(null, $"{name} changed", VersionStep.Major, "Rows that were accepted may be refused."));
        }

        AddCustom(CustomOf(old), CustomOf(next), OdcsReader.SchemaCustomNames, changes);
    }

    /// <summary>What foreign keys and statistics lead to: rows that are put aside or held were accepted before.</summary>
    private static void AddOutcomes(ContractPlan old, ContractPlan next, List<ContractChange> changes)
    {
        var (was, now) = (old.Definition.ForeignKeys, next.Definition.ForeignKeys);
        if (was != now)
        {
            changes.Add(now > was && now >= RuleOutcome.Quarantine
                ? new ContractChange(null, "foreignKeys stricter", VersionStep.Major, "Rows that refer to nothing were accepted; they are put aside, or their batch is held.")
                : new ContractChange(null, "foreignKeys changed", VersionStep.Minor, "No row that was accepted is put aside."));
        }

        var (wasCustom, nowCustom) = (CustomOf(SchemaOf(old)), CustomOf(SchemaOf(next)));
        if (!Same(wasCustom.GetValueOrDefault("statistics"), nowCustom.GetValueOrDefault("statistics")))
        {
            changes.Add(next.Quality.Statistics.Outcome == RuleOutcome.Hold
                ? new ContractChange(null, "statistics changed", VersionStep.Major, "Batches that were accepted may be held.")
                : new ContractChange(null, "statistics changed", VersionStep.Minor, "They hold no batch; alerts may change."));
        }

        if (!Same(wasCustom.GetValueOrDefault("window"), nowCustom.GetValueOrDefault("window")))
        {
            changes.Add(new ContractChange(null, "window changed", VersionStep.Minor, "Its rows are stored when it is judged; alerts may change."));
        }
    }

    private static void AddDocument(JsonObject old, JsonObject next, List<ContractChange> changes)
    {
        if (!Same(old["slaProperties"], next["slaProperties"]) || !Same(old["slaDefaultElement"], next["slaDefaultElement"]))
        {
            changes.Add(new ContractChange(null, "service levels changed", VersionStep.Minor, "No row is judged by them; alerts may change."));
        }

        foreach (var name in Names(old, next).Where(n => !RowMembers.Contains(n) && !Same(old[n], next[n])))
        {
            changes.Add(DocumentWords.Contains(name)
                ? new ContractChange(null, $"{name} changed", VersionStep.Patch, "Words only.")
                : new ContractChange(null, $"{name} changed", VersionStep.Major, "No rule says that rows and readers can bear it."));
        }

        AddCustom(CustomOf(old), CustomOf(next), OdcsReader.CustomNames, changes);
        if (changes.Count == 0 && !Same(old["version"], next["version"]))
        {
            changes.Add(new ContractChange(null, "version changed", VersionStep.Patch, "Nothing else did."));
        }
    }

    /// <summary>Custom properties of the contract and of the schema object: those that are compiled were compared, and those of other tools are words.</summary>
    private static void AddCustom(Dictionary<string, JsonNode?> old, Dictionary<string, JsonNode?> next, IReadOnlyCollection<string> ours, List<ContractChange> changes)
    {
        var judged = ours.Intersect(["eventTime", "foreignKeys", "statistics", "window"], StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        foreach (var name in old.Keys.Union(next.Keys, StringComparer.Ordinal).Where(n => !judged.Contains(n) && !Same(old.GetValueOrDefault(n), next.GetValueOrDefault(n))))
        {
            changes.Add(name switch
            {
                "accepts" => new ContractChange(null, "earlier version accepted changed", VersionStep.Minor, "The contract itself is the same; rows of an earlier version may be taken beside it."),
                "corrections" when next.TryGetValue(name, out var now) && now?.ToString() == "accept" => new ContractChange(null, "corrections are taken now", VersionStep.Minor, "A row with a stored key and other content was refused, and corrects the stored one now."),
                "unknownFields" or "privacy" => new ContractChange(null, $"{name} changed", VersionStep.Major, "Rows that were accepted may be refused or stored otherwise."),
                _ => OtherCustom(null, name, ours),
            });
        }
    }

    private static IEnumerable<string> Names(JsonObject old, JsonObject next) => old.Select(m => m.Key).Union(next.Select(m => m.Key), StringComparer.Ordinal);

    private static string? EventTimeOf(ContractPlan plan) => plan.IsTimedByArrival ? null : plan.Fields[plan.EventTimeIndex].Name;

    private static IEnumerable<string> KeyOf(ContractPlan plan) => plan.PrimaryKey.Select(i => plan.Fields[i].Name);
}
