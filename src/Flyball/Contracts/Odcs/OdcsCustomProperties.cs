using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>
/// A section's <c>customProperties</c>: a list of <c>{ property, value }</c>, the place where the standard lets Flyball state what
/// it needs beyond it. Properties of other tools are left alone; one that nearly spells ours is refused.
/// </summary>
internal sealed class OdcsCustomProperties
{
    /// <summary>A shorter name is more likely another tool's own, such as <c>units</c>.</summary>
    private const int ShortestMisspelt = 6;

    private readonly Dictionary<string, YamlSection> sections = new(StringComparer.Ordinal);

    private OdcsCustomProperties()
    {
    }

    public static OdcsCustomProperties Read(YamlSection owner, params ReadOnlySpan<string> ours)
    {
        var custom = new OdcsCustomProperties();
        string[] known = [.. ours];
        foreach (var section in owner.Sections("customProperties"))
        {
            section.Require("property");
            OdcsShapes.RequireValue(section);
            section.Keep("id", "description", "value");
            section.Finish();
            if (section.Text("property") is not { } name)
            {
                continue;
            }

            if (known.Contains(name, StringComparer.Ordinal))
            {
                if (!custom.sections.TryAdd(name, section))
                {
                    section.Problems.Add("FLY1102", $"The custom property '{name}' appears twice.", section.Where, "Keep one of them.");
                }
            }
            else if (name.Length >= ShortestMisspelt && NearestName.Of(name, known) is { } nearest)
            {
                section.Problems.Add("FLY1103", $"The custom property '{name}' is not known.", section.At("property"), $"Did you mean '{nearest}'?");
            }
        }

        return custom;
    }

    public string? Text(string name) => sections.TryGetValue(name, out var section) ? section.Text("value") : null;

    public bool? Flag(string name) => sections.TryGetValue(name, out var section) ? section.Flag("value") : null;

    /// <summary>A property whose value is a mapping.</summary>
    public YamlSection? Section(string name) => sections.TryGetValue(name, out var section) ? section.Section("value") : null;

    /// <summary>The choice that is named, or the first one.</summary>
    public T OneOf<T>(string name, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (Text(name) is not { } text)
        {
            return choices[0].Value;
        }

        var names = new List<string>();
        foreach (var choice in choices)
        {
            if (string.Equals(choice.Name, text, StringComparison.Ordinal))
            {
                return choice.Value;
            }

            names.Add(choice.Name);
        }

        var section = sections[name];
        section.Problems.Add("FLY1107", $"'{name}' should be one of: {string.Join(", ", names)}.", section.At("value"));
        return choices[0].Value;
    }
}
