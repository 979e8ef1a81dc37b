using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Contracts.Odcs;
using Flyball.Contracts.Rows;

namespace Flyball.Contracts.Versions;

/// <summary>What happened to one column that both contracts have.</summary>
internal sealed class FieldDifference
{
    /// <summary>Members that only people and other tools read. The physical type tells a column's kind, and that is compared.</summary>
    private static readonly HashSet<string> Words =
    [
        "id", "physicalType", "description", "businessName", "authoritativeDefinitions", "tags", "partitioned", "partitionKeyPosition",
        "encryptedName", "transformSourceObjects", "transformLogic", "transformDescription", "examples", "criticalDataElement", "semanticType", "deprecated", "context", "tag",
    ];

    /// <summary>Members that are compared by what they compile to, or below.</summary>
    private static readonly HashSet<string> Judged =
        ["name", "logicalType", "logicalTypeOptions", "required", "unique", "primaryKey", "primaryKeyPosition", "classification", "quality", "customProperties", "relationships", "physicalName", "enum"];

    private readonly string name;
    private readonly List<ContractChange> changes;

    private FieldDifference(string name, List<ContractChange> changes) => (this.name, this.changes) = (name, changes);

    public static void Add(ContractPlan old, int oldIndex, ContractPlan next, int nextIndex, List<ContractChange> changes)
    {
        var (was, now) = (old.Fields[oldIndex], next.Fields[nextIndex]);
        var (wasJson, nowJson) = (ContractDifference.PropertyOf(old, oldIndex), ContractDifference.PropertyOf(next, nextIndex));
        var field = new FieldDifference(was.Name, changes);
        if (was.Kind != now.Kind)
        {
            field.Break("type changed", $"Readers hold {Word(was)} and would get {Word(now)}, and stored rows are not converted.");
        }
        else
        {
            field.AddOptions(was, now, wasJson["logicalTypeOptions"] as JsonObject ?? [], nowJson["logicalTypeOptions"] as JsonObject ?? []);
            field.AddTypeName(was.Kind, (string?)wasJson["logicalType"], (string?)nowJson["logicalType"]);
        }

        field.AddChoices(wasJson["enum"] as JsonArray, nowJson["enum"] as JsonArray);
        field.AddPresence(was, now);
        field.AddFlags(old.Definition.Fields[oldIndex], next.Definition.Fields[nextIndex]);
        QualityDifference.Add(was.Name, wasJson["quality"] as JsonArray, nowJson["quality"] as JsonArray, changes);
        field.AddCustom(ContractDifference.CustomOf(wasJson), ContractDifference.CustomOf(nowJson));
        field.AddPhysicalName(ContractDifference.PhysicalNameOf(old, oldIndex), ContractDifference.PhysicalNameOf(next, nextIndex), ContractDifference.Same(wasJson["physicalName"], nowJson["physicalName"]));
        field.AddRest(wasJson, nowJson);
    }

    private static string Word(FieldPlan field) => field.Kind switch
    {
        FieldKind.Integer => "an integer",
        FieldKind.Array => "an array",
        FieldKind.Object => "an object",
        FieldKind.Any => "any value",
        var kind => $"a {kind.ToString().ToLowerInvariant()}",
    };

    private void AddPresence(FieldPlan was, FieldPlan now)
    {
        if (was.Required != now.Required)
        {
            Judge(was.Required, "required dropped", "Rows without it are accepted; it is null in them.", "required", "Rows without it are refused.");
        }

        if (was.Coerces != now.Coerces)
        {
            Judge(now.Coerces, "coerce added", "Values written in another form are accepted too.", "coerce dropped", "Values written in another form are refused.");
        }

        if (was.NullPolicy != now.NullPolicy && !(was.Required && now.Required))
        {
            Judge(was.NullPolicy == NullPolicy.Refuse || was.Required, "null allowed", "A written null counts as absent.", "null refused", "Rows with a written null are refused.");
        }
    }

    private void AddFlags(FieldDefinition was, FieldDefinition now)
    {
        if (was.Unique != now.Unique)
        {
            Judge(was.Unique, "unique dropped", "Fewer rows are refused.", "unique", "Rows that repeat a value are refused.");
        }

        if (!string.Equals(was.Classification, now.Classification, StringComparison.Ordinal))
        {
            Break("classification changed", $"From {was.Classification ?? "none"} to {now.Classification ?? "none"}: what is stored and shown of it may differ.");
        }
    }

    private void AddOptions(FieldPlan was, FieldPlan now, JsonObject wasOptions, JsonObject nowOptions)
    {
        AddRange(was.Kind == FieldKind.Text ? "length" : "range", ValueRange.Of(was), ValueRange.Of(now));
        AddMultiple(wasOptions["multipleOf"], nowOptions["multipleOf"]);
        var judged = CompiledOptions(was.Kind);
        foreach (var option in wasOptions.Select(o => o.Key).Union(nowOptions.Select(o => o.Key), StringComparer.Ordinal).Where(o => !judged.Contains(o) && !ContractDifference.Same(wasOptions[o], nowOptions[o])))
        {
            Judge(nowOptions[option] is null && OnlyRefuses(was.Kind, option), $"{option} removed", "Fewer values are refused.", $"{option} changed", "Values that were accepted may be refused or read otherwise.");
        }
    }

    /// <summary>Options that are compared by the range they compile to, or below.</summary>
    private static string[] CompiledOptions(FieldKind kind) => kind switch
    {
        FieldKind.Integer or FieldKind.Number => ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format", "multipleOf"],
        FieldKind.Timestamp or FieldKind.Date or FieldKind.Time => ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
        FieldKind.Text => ["minLength", "maxLength"],
        _ => [],
    };

    /// <summary>Without the option more values pass, and those that passed are read as before. The format of a time is none: without it times are read in another one.</summary>
    private static bool OnlyRefuses(FieldKind kind, string option) => kind switch
    {
        FieldKind.Text => option is "pattern" or "format",
        FieldKind.Object or FieldKind.Map => option is "minProperties" or "maxProperties" or "required",
        FieldKind.Array => option is "minItems" or "maxItems" or "uniqueItems",
        _ => false,
    };

    /// <summary>The same kind by another name: of times the name says how they are read.</summary>
    private void AddTypeName(FieldKind kind, string? was, string? now)
    {
        if (string.Equals(was, now, StringComparison.Ordinal))
        {
            return;
        }

        if (kind is FieldKind.Timestamp or FieldKind.Date or FieldKind.Time)
        {
            Break("logicalType changed", "Times in the form that was accepted may be refused or read otherwise.");
        }
        else
        {
            changes.Add(new ContractChange(name, "logicalType changed", VersionStep.Patch, "It is the type that the column had."));
        }
    }

    private void AddRange(string what, ValueRange was, ValueRange now)
    {
        if (!was.Includes(now) || !now.Includes(was))
        {
            Judge(now.Includes(was), $"{what} widened", "Every value that was accepted still is.", $"{what} narrowed", "Values that were accepted are refused.");
        }
    }

    private void AddMultiple(JsonNode? was, JsonNode? now)
    {
        if (!ContractDifference.Same(was, now))
        {
            Judge(now is null || (was is not null && IsMultiple(was, now)), "step widened", "Every value that was accepted still is.", "step narrowed", "Values that were accepted are refused.");
        }
    }

    private static bool IsMultiple(JsonNode was, JsonNode now) =>
        decimal.TryParse(was.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var large)
        && decimal.TryParse(now.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var small) && small != 0 && large % small == 0;

    private void AddChoices(JsonArray? was, JsonArray? now)
    {
        var (old, next) = (Values(was), Values(now));
        if (!ContractDifference.Same(old, next))
        {
            Judge(next is null || (old is not null && QualityDifference.IsWithin(old, next)), "choices widened", "Every value that was accepted still is.", "choices narrowed", "Values that were accepted are refused.");
        }
    }

    /// <summary>Of a list of values, each with a label or without one.</summary>
    private static JsonArray? Values(JsonArray? choices) =>
        choices is null ? null : [.. choices.Select(c => (c is JsonObject labelled ? labelled["value"] : c)?.DeepClone())];

    private void AddCustom(Dictionary<string, JsonNode?> was, Dictionary<string, JsonNode?> now)
    {
        foreach (var property in was.Keys.Union(now.Keys, StringComparer.Ordinal).Where(p => p is not ("eventTime" or "nullPolicy") && !ContractDifference.Same(was.GetValueOrDefault(p), now.GetValueOrDefault(p))))
        {
            switch (property)
            {
                case "entity":
                    Judge(!was.ContainsKey("entity"), "entity added", "Nobody looked it up by this name.", "entity changed", "Whoever looks it up by the old name finds nothing.");
                    break;
                case "unit":
                    Break("unit changed", "The same number means something else to every reader.");
                    break;
                case "privacy":
                    Break("privacy changed", "What is stored and shown of it differs.");
                    break;
                default:
                    changes.Add(ContractDifference.OtherCustom(name, property, OdcsPropertyReader.CustomNames));
                    break;
            }
        }
    }

    /// <summary>Rows and files may use it for the column's name, where it stands for this column alone.</summary>
    private void AddPhysicalName(string? was, string? now, bool isSame)
    {
        if (was != now)
        {
            Judge(was is null, "physicalName added", "Rows and files may use it.", "physicalName changed", "Rows and files that use the old one are refused.");
        }
        else if (!isSame)
        {
            changes.Add(new ContractChange(name, "physicalName changed", VersionStep.Patch, "No row can be told by it."));
        }
    }

    private void AddRest(JsonObject was, JsonObject now)
    {
        if (!ContractDifference.Same(was["relationships"], now["relationships"]))
        {
            Judge(now["relationships"] is null, "relationship removed", "Fewer rows are refused.", "relationship changed", "Rows that point nowhere are refused.");
        }

        foreach (var member in was.Select(m => m.Key).Union(now.Select(m => m.Key), StringComparer.Ordinal).Where(m => !Judged.Contains(m) && !ContractDifference.Same(was[m], now[m])))
        {
            if (Words.Contains(member))
            {
                changes.Add(new ContractChange(name, $"{member} changed", VersionStep.Patch, "Words only."));
            }
            else
            {
                Break($"{member} changed", "No rule says that readers can bear it.");
            }
        }
    }

    private void Judge(bool isCompatible, string compatible, string why, string breaking, string whyBreaking) =>
        changes.Add(isCompatible
            ? new ContractChange(name, compatible, VersionStep.Minor, why)
            : new ContractChange(name, breaking, VersionStep.Major, whyBreaking));

    private void Break(string change, string reason) => changes.Add(new ContractChange(name, change, VersionStep.Major, reason));
}
