using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Projects;

/// <summary>
/// A mapping of a YAML file. A getter returns null both for an absent name and for a value of the wrong kind, which it adds to
/// <see cref="Problems"/> with file, line and column; so a reader of definitions asks for everything it knows, then calls
/// <see cref="Finish"/>, and the user sees all problems at once. A name with an empty value counts as absent. Reading
/// is thread-safe as long as no value is of the wrong kind; a checked project has none.
/// </summary>
public sealed class YamlSection
{
    private readonly YamlMembers members;
    private readonly string path;
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    internal YamlSection(string file, string path, YamlMembers members, ProblemList problems)
    {
        File = file;
        this.path = path;
        this.members = members;
        Problems = problems;
    }

    /// <summary>The file's path inside the project folder.</summary>
    public string File { get; }

    /// <summary>Where this mapping begins.</summary>
    public ProblemLocation Where => new(File, members.Line, members.Column, path.Length == 0 ? null : path);

    /// <summary>What the getters add to; shared by all sections of a project.</summary>
    public ProblemList Problems { get; }

    /// <summary>Reads a file's text; null after adding FLY1100..FLY1105 for text that is not one bounded YAML mapping.</summary>
    public static YamlSection? Parse(string file, string text, ProblemList problems) =>
        YamlReader.Read(file, text, problems) is { } root ? new YamlSection(file, "", root, problems) : null;

    /// <summary>True when the name is there with a value.</summary>
    public bool Has(string name) => Find(name) is { Value: not YamlScalar { IsNull: true } };

    /// <summary>True when the name is there, with a value or without one.</summary>
    public bool IsWritten(string name) => Find(name) is not null;

    /// <summary>True when the value is a list.</summary>
    public bool IsList(string name) => Value(name) is YamlItems;

    /// <summary>True when the value is a mapping.</summary>
    public bool IsMapping(string name) => Value(name) is YamlMembers;

    /// <summary>Where a name stands, or where the section begins when it is absent.</summary>
    public ProblemLocation At(string name)
    {
        var member = Find(name);
        return new(File, member?.Line ?? members.Line, member?.Column ?? members.Column, Path(name));
    }

    /// <summary>Adds FLY1104 for each name that is absent.</summary>
    public void Require(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!Has(name))
            {
                Problems.Add("FLY1104", $"'{name}' is missing.", At(name));
            }
        }
    }

    /// <summary>The text as written, of a value of any scalar kind: <c>1.0</c> stays <c>1.0</c>.</summary>
    public string? Text(string name) => Scalar(name, "a text")?.Text;

    /// <summary>A finite number.</summary>
    public double? Number(string name)
    {
        if (Scalar(name, "a number") is not { } scalar)
        {
            return null;
        }

        if (scalar.Plain && YamlScalars.TryNumber(scalar.Text, out var number))
        {
            return number;
        }

        return Wrong<double>(name, "a number");
    }

    /// <summary>A whole number of 64 bits.</summary>
    public long? Integer(string name)
    {
        if (Scalar(name, "a whole number") is not { } scalar)
        {
            return null;
        }

        if (scalar.Plain && YamlScalars.TryInteger(scalar.Text, out var integer))
        {
            return integer;
        }

        return Wrong<long>(name, "a whole number");
    }

    /// <summary><c>true</c> or <c>false</c>; <c>yes</c>, <c>no</c>, <c>on</c> and <c>off</c> are texts.</summary>
    public bool? Flag(string name)
    {
        if (Scalar(name, "true or false") is not { } scalar)
        {
            return null;
        }

        return scalar.Plain && YamlScalars.TryFlag(scalar.Text, out var flag) ? flag : Wrong<bool>(name, "true or false");
    }

    /// <summary>A duration such as <c>7d</c>, <c>6h</c>, <c>15m</c>, <c>30s</c>, <c>50ms</c> or <c>200us</c>, in microseconds.</summary>
    public long? Duration(string name)
    {
        if (Scalar(name, "a duration such as 7d or 50ms") is not { } scalar)
        {
            return null;
        }

        return DurationText.TryParse(scalar.Text, out var micros) ? micros : Wrong<long>(name, "a duration such as 7d, 6h, 15m, 30s or 50ms");
    }

    /// <summary>A list of texts; one text stands for a list of one. Empty when absent.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        switch (Value(name))
        {
            case null:
                return [];
            case YamlScalar one:
                return [one.Text];
            case YamlItems items when items.Items.All(i => i is YamlScalar):
                return [.. items.Items.Cast<YamlScalar>().Select(s => s.Text)];
            default:
                Wrong<int>(name, "a list of texts");
                return [];
        }
    }

    /// <summary>A mapping.</summary>
    public YamlSection? Section(string name)
    {
        switch (Value(name))
        {
            case null:
                return null;
            case YamlMembers mapping:
                return new YamlSection(File, Path(name), mapping, Problems);
            default:
                Wrong<int>(name, "a mapping (name: value)");
                return null;
        }
    }

    /// <summary>A list of mappings. Empty when absent.</summary>
    public IReadOnlyList<YamlSection> Sections(string name)
    {
        switch (Value(name))
        {
            case null:
                return [];
            case YamlItems items when items.Items.All(i => i is YamlMembers):
                return [.. items.Items.Cast<YamlMembers>().Select((m, i) => new YamlSection(File, string.Create(CultureInfo.InvariantCulture, $"{Path(name)}[{i}]"), m, Problems))];
            default:
                Wrong<int>(name, "a list of mappings");
                return [];
        }
    }

    /// <summary>A list whose items are texts or mappings, such as <c>[ previous-version, { rule: "0.05" } ]</c>. Empty when absent.</summary>
    public IReadOnlyList<YamlEntry> Items(string name)
    {
        if (Value(name) is not { } value)
        {
            return [];
        }

        if (value is not YamlItems items)
        {
            Wrong<int>(name, "a list");
            return [];
        }

        return [.. items.Items.Select((item, i) => Entry(string.Create(CultureInfo.InvariantCulture, $"{Path(name)}[{i}]"), "", item, item.Line, item.Column))];
    }

    /// <summary>Every member in the order of the file, all of them known from now on: for mappings whose names are the user's.</summary>
    public IReadOnlyList<YamlEntry> Entries()
    {
        lock (known)
        {
            known.UnionWith(members.Members.Select(m => m.Name));
        }

        return [.. members.Members.Select(m => Entry(Path(m.Name), m.Name, m.Value, m.Line, m.Column))];
    }

    /// <summary>Marks names as known that are kept without being read.</summary>
    public void Keep(params ReadOnlySpan<string> names)
    {
        lock (known)
        {
            foreach (var name in names)
            {
                known.Add(name);
            }
        }
    }

    /// <summary>Adds FLY1103 for each name that no getter asked for, with the nearest known name.</summary>
    public void Finish()
    {
        List<YamlMember> unknown;
        List<string> names;
        lock (known)
        {
            unknown = [.. members.Members.Where(m => !known.Contains(m.Name))];
            names = unknown.Count == 0 ? [] : [.. known.Order(StringComparer.Ordinal)];
        }

        foreach (var member in unknown)
        {
            var nearest = NearestName.Of(member.Name, names);
            Problems.Add(
                "FLY1103",
                $"'{member.Name}' is not a known name here.",
                new ProblemLocation(File, member.Line, member.Column, Path(member.Name)),
                nearest is null ? $"Known are: {string.Join(", ", names)}." : $"Did you mean '{nearest}'?");
        }
    }

    /// <summary>The mapping as JSON with the core schema's types: <c>1.50</c> and <c>1.5</c> are the same number, <c>"1.5"</c> is a text.</summary>
    public JsonObject ToJson() => YamlScalars.ToJson(members);

    private YamlEntry Entry(string at, string name, YamlValue value, int line, int column) => new(
        name,
        value is YamlScalar { IsNull: false } scalar ? scalar.Text : null,
        value is YamlMembers mapping ? new YamlSection(File, at, mapping, Problems) : null,
        new ProblemLocation(File, line, column, at));

    private string Path(string name) => path.Length == 0 ? name : $"{path}.{name}";

    private YamlMember? Find(string name)
    {
        lock (known)
        {
            known.Add(name);
        }

        foreach (var member in members.Members)
        {
            if (string.Equals(member.Name, name, StringComparison.Ordinal))
            {
                return member;
            }
        }

        return null;
    }

    private YamlValue? Value(string name) => Find(name)?.Value is { } value and not YamlScalar { IsNull: true } ? value : null;

    private YamlScalar? Scalar(string name, string expected)
    {
        switch (Value(name))
        {
            case null:
                return null;
            case YamlScalar scalar:
                return scalar;
            default:
                Wrong<int>(name, expected);
                return null;
        }
    }

    private T? Wrong<T>(string name, string expected)
        where T : struct
    {
        var value = Find(name)!.Value;
        Problems.Add("FLY1105", $"'{name}' should be {expected}.", new ProblemLocation(File, value.Line, value.Column, Path(name)));
        return null;
    }
}
