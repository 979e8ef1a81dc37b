using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Flyball.Native.Posix;

namespace Flyball.Training.Trainers;

/// <summary>What a program says of its model in <c>metrics.json</c>: numbers by name, kept beside the run, and looked at by no gate.</summary>
internal static class ProgramReport
{
    private const string Name = "metrics.json";
    private const long Largest = 1L << 20;
    private const int MostMetrics = 1000;
    private const int LongestName = 250;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Empty when there is no such file. Texts, flags and nulls in it are left out.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3238: it cannot be read, or says something that is no number.</exception>
    public static IReadOnlyDictionary<string, double> Read(string folder)
    {
        var read = new Dictionary<string, double>(StringComparer.Ordinal);
        if (PlainFile.Read(Path.Combine(folder, Name), Largest, out var refusal) is not { } json)
        {
            return refusal is null ? read : throw Unreadable(refusal);
        }

        if (!Utf8.IsValid(json))
        {
            throw Unreadable("is not UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Unreadable("is no JSON object");
            }

            foreach (var member in document.RootElement.EnumerateObject())
            {
                Take(read, member);
            }
        }
        catch (JsonException e)
        {
            throw Unreadable(string.Create(CultureInfo.InvariantCulture, $"is no JSON object with each name once, at line {(e.LineNumber ?? 0) + 1}"));
        }

        return read;
    }

    private static void Take(Dictionary<string, double> read, JsonProperty member)
    {
        if (member.Name.Length > LongestName || read.Count == MostMetrics)
        {
            throw Unreadable(string.Create(CultureInfo.InvariantCulture, $"has more than {MostMetrics} numbers, or a name of more than {LongestName} characters"));
        }

        switch (member.Value.ValueKind)
        {
            case JsonValueKind.Number when member.Value.TryGetDouble(out var metric) && double.IsFinite(metric):
                read[member.Name] = metric;
                break;
            case JsonValueKind.Number:
                throw Unreadable($"has under {member.Name} a number that no double holds");
            case JsonValueKind.Object or JsonValueKind.Array:
                throw Unreadable($"has under {member.Name} an object or a list");
            default:
                break;
        }
    }

    private static Engine.Problems.FlyballException Unreadable(string reason) => CommandTrainer.Unusable($"Its {Name} {reason}.", "Write finite numbers by name, or leave the file out.");
}
