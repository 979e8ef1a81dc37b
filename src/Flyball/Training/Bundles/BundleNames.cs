using System.Collections.Frozen;

using Flyball.Engine.Problems;

namespace Flyball.Training.Bundles;

/// <summary>What a member may be called. A name that passes is a file name on every system, and never a path to elsewhere.</summary>
internal static class BundleNames
{
    /// <summary>Kinds of members: data only. Anything else is refused, so a new way to carry code is refused too.</summary>
    private static readonly FrozenSet<string> Kinds = FrozenSet.Create(StringComparer.Ordinal, ".json", ".jsonl", ".onnx", ".csv", ".md", ".txt", ".yaml");

    /// <summary>Why a name is refused; null when it is good.</summary>
    public static Problem? Judge(string name)
    {
        var letters = name.Length is > 0 and <= 128 && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-' or '/');
        var parts = name.Split('/');
        if (!letters || parts.Length > 4 || parts.Any(p => p.Length == 0 || p[0] is '.' or '-' || p[^1] == '.'))
        {
            return new("FLY1161", $"A member is called {Shown(name)}.", null, "Use lower-case letters, digits, '.', '_' and '-', in folders named likewise.");
        }

        return Kinds.Contains(Path.GetExtension(name))
            ? null
            : new("FLY1162", $"The member {Shown(name)} is of a kind that may carry code, or is not known.", null, $"A bundle holds {string.Join(", ", Kinds.Order(StringComparer.Ordinal))} only; export the model to ONNX.");
    }

    public static string Shown(string name) =>
        $"'{new string([.. name.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)])}{(name.Length > 60 ? "..." : "")}'";
}
