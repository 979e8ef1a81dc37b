using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.Encodings;

/// <summary>How one feature becomes numbers, as a model file says: <c>one-hot</c>, <c>ordinal</c>, <c>target(20)</c>, <c>hash(64)</c>.</summary>
/// <param name="Feature">Its full name.</param>
/// <param name="Kind">One of <see cref="EncodingKinds"/>.</param>
/// <param name="Argument">Rows of smoothing of <c>target</c>, buckets of <c>hash</c>; 0 for the others.</param>
public sealed record EncodingDefinition(string Feature, string Kind, int Argument)
{
    /// <summary>Reads the section <c>encode</c>: a name of a feature each, in full or what stands behind its view.</summary>
    public static IReadOnlyList<EncodingDefinition> Read(YamlSection? section)
    {
        var read = new List<EncodingDefinition>();
        foreach (var entry in section?.Entries() ?? [])
        {
            if (Parse(entry.Name, entry.Text ?? "") is { } definition)
            {
                read.Add(definition);
            }
            else
            {
                section!.Problems.Add(new Problem("FLY1285", $"The encoding of {entry.Name} cannot be read.", entry.Where, "Write one-hot, ordinal, target(20) or hash(64)."));
            }
        }

        return read;
    }

    private static EncodingDefinition? Parse(string feature, string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var kind = open < 0 ? text.Trim() : text[..open].Trim();
        int? argument = open < 0 ? null
            : text.TrimEnd().EndsWith(')') && int.TryParse(text.AsSpan(open + 1).Trim().TrimEnd(')'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        return (kind, argument) switch
        {
            (EncodingKinds.OneHot or EncodingKinds.Ordinal, null) => new(feature, kind, 0),
            (EncodingKinds.Target, null or (>= 1 and <= 1_000_000)) => new(feature, kind, argument ?? 20),
            (EncodingKinds.Hash, null or (>= 2 and <= 4096)) => new(feature, kind, argument ?? 32),
            _ => null,
        };
    }
}
