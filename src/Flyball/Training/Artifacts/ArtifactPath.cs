using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Flyball.Training.Artifacts;

/// <summary>
/// A logical path of artifacts: names with slashes between them. It is a key of a table and never a path of this machine; it is held to a
/// form that no system reads as another file or a device all the same, because whoever downloads a folder writes it to a disk.
/// </summary>
public readonly record struct ArtifactPath
{
    private const int LongestPath = 1_024;
    private const int LongestName = 255;
    private const int MostDecodings = 8;

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "COM", "LPT"];

    private readonly string? text;

    private ArtifactPath(string text) => this.text = text;

    /// <summary>The folder above all others.</summary>
    public static ArtifactPath Root => default;

    public bool IsRoot => string.IsNullOrEmpty(text);

    /// <summary>The last name.</summary>
    public string Name => ToString()[(ToString().LastIndexOf('/') + 1)..];

    /// <summary>The first name: whose area it lies in.</summary>
    public string Area => ToString().Split('/')[0];

    /// <summary>What every path inside it starts with.</summary>
    public string Prefix => IsRoot ? "" : text + "/";

    /// <summary>Reads a path as it was sent, after the one decoding that its transport asks for.</summary>
    /// <param name="sent">May be empty: the root.</param>
    /// <param name="path">The path.</param>
    /// <param name="reason">What is wrong with it.</param>
    public static bool TryParse(string sent, out ArtifactPath path, [NotNullWhen(false)] out string? reason)
    {
        path = default;
        reason = Defect(sent);
        if (reason is not null)
        {
            return false;
        }

        // Some server on the way may decode once more than it should: no form of it may mean another path.
        var form = sent;
        for (var i = 0; i < MostDecodings; i++)
        {
            var next = Uri.UnescapeDataString(form);
            if (next == form)
            {
                path = new ArtifactPath(sent.TrimEnd('/'));
                return true;
            }

            form = next;
            if (Defect(form) is not null || form.AsSpan().Count('/') != sent.AsSpan().Count('/'))
            {
                reason = "decoded once more it would be another path";
                return false;
            }
        }

        reason = "it is encoded too often";
        return false;
    }

    /// <summary>A path that this program made.</summary>
    public static ArtifactPath Of(string known) => TryParse(known, out var path, out var reason) ? path : throw new ArgumentException($"{known}: {reason}", nameof(known));

    /// <summary>A path that was taken before, perhaps under rules that were milder.</summary>
    public static ArtifactPath Kept(string stored) => new(stored);

    public bool IsWithin(ArtifactPath folder) => folder.IsRoot || this == folder || ToString().StartsWith(folder.Prefix, StringComparison.Ordinal);

    /// <summary>This folder's path of a relative one.</summary>
    public ArtifactPath Join(ArtifactPath relative) => relative.IsRoot ? this : IsRoot ? relative : new(text + "/" + relative.text);

    public override string ToString() => text ?? "";

    private static string? Defect(string form)
    {
        if (form.Length == 0)
        {
            return null;
        }

        if (form.Length > LongestPath)
        {
            return $"it is longer than {LongestPath} characters";
        }

        if (form.AsSpan().IndexOfAny("\\#?;") >= 0)
        {
            return @"it holds one of \ # ? ;";
        }

        foreach (var name in form.TrimEnd('/').Split('/'))
        {
            if (DefectOfName(name) is { } defect)
            {
                return defect;
            }
        }

        return null;
    }

    private static string? DefectOfName(string name)
    {
        if (name.Length == 0)
        {
            return "it is absolute, or a name in it is empty";
        }

        if (name is "." or "..")
        {
            return "it climbs";
        }

        if (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]))
        {
            return "it names a drive";
        }

        if (name[^1] is '.' or ' ')
        {
            return "a name in it ends with a dot or a blank, which some systems leave away";
        }

        if (IsDevice(name))
        {
            return "a name in it is a device on some systems";
        }

        if (Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            return $"a name in it is longer than {LongestName} bytes";
        }

        foreach (var rune in name.EnumerateRunes())
        {
            // Formatting characters turn text round or hide in it; half a character reads as the replacement character.
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator || rune == Rune.ReplacementChar)
            {
                return "it holds a control or formatting character";
            }
        }

        return null;
    }

    /// <summary>Whether Windows takes a name for a device, in any case and whatever its ending: <c>nul</c>, <c>COM1.txt</c>.</summary>
    private static bool IsDevice(string name)
    {
        var stem = name.Split('.')[0].TrimEnd(' ');
        var device = Array.Find(Devices, d => stem.StartsWith(d, StringComparison.OrdinalIgnoreCase));
        return device is not null && (device is "COM" or "LPT" ? stem.Length == 4 && stem[3] is (>= '0' and <= '9') or '\u00B9' or '\u00B2' or '\u00B3' : stem.Length == 3);
    }
}
