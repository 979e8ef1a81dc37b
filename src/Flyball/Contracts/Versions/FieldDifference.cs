using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Versions;

/// <summary>What happened to one column that both contracts have.</summary>
internal sealed class FieldDifference
{
    /// <summary>Members that only people and other tools read.</summary>
    private static readonly HashSet<string> Words =
    [
        "id", "physicalType", "description", "businessName", "authoritativeDefinitions", "tags", "partitioned", "partitionKeyPosition",
        "encryptedName", "transformSourceObjects", "transformLogic", "transformDescription", "examples", "criticalDataElement",
    ];

    /// <summary>Members that are compared by what they compile to, or below.</summary>
    private static readonly HashSet<string> Judged =
        ["name", "logicalType", "logicalTypeOptions", "required", "unique", "primaryKey", "primaryKeyPosition", "classification", "quality", "customProperties", "relationships", "physicalName"];

    private readonly string name;
    private readonly List<ContractChange> changes;

    private FieldDifference(string name, List<ContractChange> changes) => (this.name, this.changes) = (name, changes);

    public static void Add(ContractPlan old, int oldIndex, ContractPlan next, int nextIndex, List<ContractChange> changes)
    {
        var (was, now) = (old.Fields[oldIndex], next.Fields[nextIndex]);
        var (wasJson, nowJson) = (ContractDifference.PropertyOf(old, oldIndex), ContractDifference.PropertyOf(next, nextIndex));
        var field = new FieldDifference(was.Name, changes);
        if (was.Type != now.Type || was.IsDate != now.IsDate)
        {
            field.Break("type changed", $"Readers hold {Word(was)} and would get {Word(now)}, and stored rows are not converted.");
        }
        else
        {
            field.AddOptions(was.Type, wasJson["logicalTypeOptions"] as JsonObject ?? [], nowJson["logicalTypeOptions"] as JsonObject ?? []);
        }

        field.AddPresence(was, now);
        field.AddFlags(old.Definition.Fields[oldIndex], next.Definition.Fields[nextIndex]);
        QualityDifference.Add(was.Name, wasJson["quality"] as JsonArray, nowJson["quality"] as JsonArray, changes);
        field.AddCustom(ContractDifference.CustomOf(wasJson), ContractDifference.CustomOf(nowJson));
        field.AddPhysicalName(ContractDifference.PhysicalNameOf(old, oldIndex), ContractDifference.PhysicalNameOf(next, nextIndex), ContractDifference.Same(wasJson["physicalName"], nowJson["physicalName"]));
        field.AddRest(wasJson, nowJson);
    }

    private static string Word(FieldPlan field) => field.IsDate ? "a date" : field.Type == ScalarType.Integer ? "an integer" : $"a {field.Type.ToString().ToLowerInvariant()}";

    private void AddPresence(FieldPlan was, FieldPlan now)
    {
        if (was.Required != now.Required)
        {
            Judge(was.Required, "required dropped", "Rows without it are accepted; it is null in them.", "required", "Rows without it are refused.");
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

    private void AddOptions(ScalarType type, JsonObject was, JsonObject now)
    {
        if (type is ScalarType.Integer or ScalarType.Number or ScalarType.Timestamp)
        {
            AddRange("range", ValueRange.Of(was, type), ValueRange.Of(now, type));
            AddMultiple(was["multipleOf"], now["multipleOf"]);
        }
        else if (type == ScalarType.Text)
        {
            AddRange("length", ValueRange.OfLength(was), ValueRange.OfLength(now));
            AddChoices(was["enum"] as JsonArray, now["enum"] as JsonArray);
        }

        HashSet<string> judged = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "enum"];
        foreach (var option in was.Select(o => o.Key).Union(now.Select(o => o.Key), StringComparer.Ordinal).Where(o => !judged.Contains(o) && !ContractDifference.Same(was[o], now[o])))
        {
            if (option == "format" && type == ScalarType.Integer && ContractDifference.Same(was["format"], now["format"]) is false)
            {
                // The range was compared with what the format leaves of it.
                continue;
            }

            Judge(now[option] is null && option != "timezone", $"{option} removed", "Fewer values are refused.", $"{option} changed", "Values that were accepted may be refused or read otherwise.");
        }
    }

    private void AddRange(string what, ValueRange? was, ValueRange? now)
    {
        if (was is null || now is null)
        {
            Break($"{what} changed", "A bound is too large to compare.");
        }
        else if (was != now && !(was.Includes(now) && now.Includes(was)))
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
        if (!ContractDifference.Same(was, now))
        {
            Judge(now is null || (was is not null && QualityDifference.IsWithin(was, now)), "choices widened", "Every value that was accepted still is.", "choices narrowed", "Values that were accepted are refused.");
        }
    }

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
                    changes.Add(new ContractChange(name, $"custom property {property} changed", VersionStep.Patch, "No rule reads it."));
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
