namespace Flyball.Projects;

/// <summary>A parsed YAML value and where it began. Lines and columns count from 1.</summary>
internal abstract record YamlValue(int Line, int Column);

/// <summary>A text as written, without quotes; plain is one that had none, so the core schema may read it as a number, a flag or null.</summary>
internal sealed record YamlScalar(string Text, bool Plain, int Line, int Column) : YamlValue(Line, Column)
{
    public bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed record YamlItems(IReadOnlyList<YamlValue> Items, int Line, int Column) : YamlValue(Line, Column);

internal sealed record YamlMembers(IReadOnlyList<YamlMember> Members, int Line, int Column) : YamlValue(Line, Column);

/// <summary>One <c>name: value</c>; the position is the name's.</summary>
internal sealed record YamlMember(string Name, YamlValue Value, int Line, int Column);
