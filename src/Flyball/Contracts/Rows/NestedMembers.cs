using System.Text.Json;

namespace Flyball.Contracts.Rows;

/// <summary>The members of a nested object in canonical order.</summary>
internal static class NestedMembers
{
    /// <summary>By name; one that is there twice, or whose name cannot be stored, is a problem.</summary>
    public static List<JsonProperty> Sorted(JsonElement value, string path, NestedProblems problems)
    {
        var members = new List<JsonProperty>();
        foreach (var member in value.EnumerateObject())
        {
            members.Add(member);
        }

        members.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        for (var i = 1; i < members.Count; i++)
        {
            if (string.Equals(members[i].Name, members[i - 1].Name, StringComparison.Ordinal))
            {
                problems.AddTwice(members[i].Name, path);
            }
        }

        if (members.Exists(m => m.Name.Contains('\0', StringComparison.Ordinal)))
        {
            problems.AddNul("A name", path);
        }

        return members;
    }
}
