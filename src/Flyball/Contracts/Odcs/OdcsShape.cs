using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>
/// The names that one kind of mapping of the standard has, and what stands under each. A shape checks a section that Flyball keeps
/// without using it: kinds of values, names that must be there, and no name outside the standard.
/// </summary>
/// <param name="required">Names that must have a value.</param>
/// <param name="members">Every other name, with the reader that checks its value.</param>
internal sealed class OdcsShape(string[] required, params (string Name, Action<YamlSection, string> Read)[] members)
{
    /// <summary>A scalar.</summary>
    public static void Text(YamlSection owner, string name) => owner.Text(name);

    public static void Number(YamlSection owner, string name) => owner.Number(name);

    public static void Flag(YamlSection owner, string name) => owner.Flag(name);

    public static void Texts(YamlSection owner, string name) => owner.Texts(name);

    /// <summary>Any value.</summary>
    public static void Any(YamlSection owner, string name) => owner.Keep(name);

    /// <summary>A list of any values.</summary>
    public static void Items(YamlSection owner, string name) => owner.Items(name);

    /// <summary>A whole number, or a reference to a variable such as <c>${PORT}</c>.</summary>
    public static void Port(YamlSection owner, string name)
    {
        if (owner.IsList(name) || owner.IsMapping(name) || owner.Text(name)?.Contains("${", StringComparison.Ordinal) != true)
        {
            owner.Integer(name);
        }
    }

    /// <summary>A list of mappings of a shape.</summary>
    public static Action<YamlSection, string> ListOf(OdcsShape shape) => (owner, name) =>
    {
        foreach (var item in owner.Sections(name))
        {
            shape.Check(item);
        }
    };

    /// <summary>One mapping of a shape.</summary>
    public static Action<YamlSection, string> One(OdcsShape shape) => (owner, name) =>
    {
        if (owner.Section(name) is { } section)
        {
            shape.Check(section);
        }
    };

    /// <summary>One of the texts named.</summary>
    public static Action<YamlSection, string> OneOf(params string[] choices) => (owner, name) =>
    {
        if (owner.Text(name) is { } text && !choices.Contains(text, StringComparer.Ordinal) && !text.Contains("${", StringComparison.Ordinal))
        {
            RefuseChoice(owner, name, text, choices);
        }
    };

    public static void RefuseChoice(YamlSection owner, string name, string text, IReadOnlyList<string> choices)
    {
        var nearest = NearestName.Of(text, choices);
        owner.Problems.Add(
            "FLY1107",
            text.Length <= 64 ? $"'{text}' is not allowed for '{name}'." : $"The value is not allowed for '{name}'.",
            owner.At(name),
            nearest is null ? $"Use one of: {string.Join(", ", choices)}." : $"Did you mean '{nearest}'?");
    }

    /// <summary>The whole check: nothing is missing, every value is of its kind, no name is unknown.</summary>
    public void Check(YamlSection section)
    {
        section.Require(required);
        Read(section);
        section.Finish();
    }

    /// <summary>Checks the values of the names known here, and leaves the section open for a reader that knows more.</summary>
    public void Read(YamlSection section)
    {
        foreach (var (name, read) in members)
        {
            if (section.IsWritten(name))
            {
                read(section, name);
            }
        }
    }
}
