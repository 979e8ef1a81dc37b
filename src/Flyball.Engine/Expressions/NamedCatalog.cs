using System.Collections.Frozen;

namespace Flyball.Engine.Expressions;

/// <summary>Collects small policies by name.</summary>
internal static class NamedCatalog
{
    /// <exception cref="ArgumentException">Two share a name.</exception>
    public static FrozenDictionary<string, T> Of<T>(IEnumerable<T> items, Func<T, string> name)
    {
        // A frozen dictionary alone would keep the last of two without a word.
        var byName = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            byName.Add(name(item), item);
        }

        return byName.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
