using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Registry.Judging;

/// <summary>What a version's <c>MLmodel</c> says: which file is the model in which flavor, and the columns of its signature. Read as YAML, never followed beyond the version's own files.</summary>
/// <param name="Folder">Where the file stands among the version's files, with a slash at the end unless it is the root.</param>
/// <param name="Data">The file of each flavor that names one, relative to the folder.</param>
/// <param name="Columns">Names of the signature's inputs in order; null when it has none, or does not name them.</param>
internal sealed record MlModel(string Folder, IReadOnlyDictionary<string, string> Data, IReadOnlyList<string>? Columns)
{
    public const string FileName = "MLmodel";

    /// <summary>In bytes; the reader takes no more characters.</summary>
    public const long LargestFile = 1L << 20;

    private const int MostColumns = 10_000;

    /// <exception cref="FlyballException">FLY3391: it is no YAML mapping.</exception>
    public static MlModel Parse(string path, byte[] content)
    {
        var problems = new ProblemList();
        var root = YamlSection.Parse(path, Encoding.UTF8.GetString(content), problems);
        if (root is null)
        {
            throw new FlyballException(ModelFileChoice.Unclear($"{path} cannot be read: {problems[0].Message}", "Log the model again."));
        }

        var data = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var flavor in root.IsMapping("flavors") ? root.Section("flavors")!.Entries() : [])
        {
            // Of a flavor that keeps its data in a folder or a list nothing is known here.
            if (flavor.Section is { } section && section.Has("data") && !section.IsList("data") && !section.IsMapping("data"))
            {
                data[flavor.Name] = section.Text("data")!;
            }
        }

        var inputs = root.IsMapping("signature") && root.Section("signature") is { } signature && !signature.IsList("inputs") && !signature.IsMapping("inputs") ? signature.Text("inputs") : null;
        return new MlModel(path[..^FileName.Length], data, ColumnsOf(inputs));
    }

    /// <summary>The signature is JSON in a text: a list of columns, each with a name, or of one tensor without.</summary>
    private static IReadOnlyList<string>? ColumnsOf(string? inputs)
    {
        try
        {
            return inputs is not null && JsonNode.Parse(inputs) is JsonArray { Count: > 0 and <= MostColumns } columns && columns.All(c => c is JsonObject named && named["name"] is JsonValue name && name.TryGetValue<string>(out _))
                ? [.. columns.Select(c => c!["name"]!.GetValue<string>())]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
