using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flyball.Tests.Training.Bundles;

/// <summary>What the schema of CycloneDX 1.6 asks of the parts that a model card uses: known members alone, required ones, texts where it wants texts.</summary>
internal static partial class CycloneDxRules
{
    private static readonly Dictionary<string, string[]> Members = new(StringComparer.Ordinal)
    {
        ["bom"] = ["$schema", "bomFormat!", "specVersion!", "serialNumber", "version", "components", "dependencies"],
        ["component"] = ["type!", "name!", "version", "description", "bom-ref", "manufacturer", "hashes", "modelCard", "data", "properties"],
        ["modelCard"] = ["bom-ref", "modelParameters", "quantitativeAnalysis", "considerations", "properties"],
        ["modelParameters"] = ["approach", "task", "architectureFamily", "modelArchitecture", "datasets", "inputs", "outputs"],
        ["quantitativeAnalysis"] = ["performanceMetrics", "graphics"],
        ["performanceMetrics"] = ["type", "value", "slice", "confidenceInterval"],
        ["confidenceInterval"] = ["lowerBound", "upperBound"],
        ["considerations"] = ["users", "useCases", "technicalLimitations", "performanceTradeoffs", "ethicalConsiderations", "environmentalConsiderations", "fairnessAssessments"],
        ["ethicalConsiderations"] = ["name", "mitigationStrategy"],
        ["properties"] = ["name", "value"],
        ["hashes"] = ["alg!", "content!"],
        ["data"] = ["type!", "bom-ref", "name", "contents", "classification", "sensitiveData", "graphics", "description", "governance"],
        ["dependencies"] = ["ref!", "dependsOn", "provides"],
        ["approach"] = ["type"],
        ["manufacturer"] = ["name", "url", "contact", "address"],
    };

    private static readonly string[] Components = ["data", "machine-learning-model"];

    public static List<string> Defects(JsonObject bom)
    {
        var found = new List<string>();
        Check("bom", bom, found);
        Want((string?)bom["bomFormat"] == "CycloneDX" && (string?)bom["specVersion"] == "1.6", "bomFormat and specVersion", found);
        Want(Serial().IsMatch((string?)bom["serialNumber"] ?? ""), "serialNumber", found);
        var refs = bom["components"]!.AsArray().Select(c => (string?)c!["bom-ref"]).ToList();
        Want(refs.Distinct().Count() == refs.Count, "bom-refs are not unique", found);
        foreach (var component in bom["components"]!.AsArray())
        {
            Check("component", component, found);
            Want(Components.Contains((string?)component!["type"]), "type of a component", found);
            Walk(component, found);
        }

        foreach (var dependency in bom["dependencies"]!.AsArray())
        {
            Check("dependencies", dependency, found);
            Want(dependency!["dependsOn"]!.AsArray().Append(dependency["ref"]).All(r => refs.Contains((string)r!)), "a reference leads nowhere", found);
        }

        return found;
    }

    private static void Walk(JsonNode? node, List<string> found)
    {
        foreach (var (name, value) in node as JsonObject ?? [])
        {
            foreach (var item in value is JsonArray list ? list.ToList() : [value])
            {
                if (Members.ContainsKey(name) && item is JsonObject)
                {
                    Check(name, item, found);
                }

                Want(name is not ("value" or "lowerBound" or "upperBound" or "users" or "useCases" or "technicalLimitations") || item?.GetValueKind() == JsonValueKind.String, $"{name} is no text", found);
                Want(name != "alg" || (string?)item == "SHA-256", "alg", found);
                Want(name != "content" || Sha256().IsMatch((string?)item ?? ""), "content of a hash", found);
                Walk(item, found);
            }
        }
    }

    private static void Check(string kind, JsonNode? node, List<string> found)
    {
        var known = Members[kind].Select(m => m.TrimEnd('!')).ToList();
        Want(node is JsonObject, $"{kind} is no object", found);
        found.AddRange((node as JsonObject ?? []).Where(m => !known.Contains(m.Key)).Select(m => $"{kind} has no member {m.Key}"));
        found.AddRange(Members[kind].Where(m => m.EndsWith('!') && node?[m.TrimEnd('!')] is null).Select(m => $"{kind} lacks {m.TrimEnd('!')}"));
    }

    private static void Want(bool holds, string rule, List<string> found)
    {
        if (!holds)
        {
            found.Add(rule);
        }
    }

    [GeneratedRegex("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", RegexOptions.NonBacktracking)]
    private static partial Regex Serial();

    [GeneratedRegex("^[0-9a-f]{64}$", RegexOptions.NonBacktracking)]
    private static partial Regex Sha256();
}
