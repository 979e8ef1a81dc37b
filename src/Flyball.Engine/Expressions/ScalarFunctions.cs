using System.Collections.Frozen;

namespace Flyball.Engine.Expressions;

/// <summary>The functions of one row, by name. docs/reference/expressions.md lists them for people.</summary>
internal static class ScalarFunctions
{
    private static readonly FrozenDictionary<string, ScalarFunction> ByName = NamedCatalog.Of(
        [.. MathFunctions.All, .. TextFunctions.All, .. HashFunctions.All, .. CalendarFunctions.All],
        static function => function.Name);

    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["log"] = "ln",
        ["ceiling"] = "ceil",
        ["pow"] = "power",
        ["substr"] = "substring",
        ["len"] = "length",
        ["avg"] = "mean",
        ["stddev"] = "std",
        ["variance"] = "var",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every function of the language, those that choose included.</summary>
    public static IEnumerable<string> All => ByName.Keys.Concat(Choices.Names);

    /// <summary>The one spelling of a function's or aggregate's name.</summary>
    public static string Spell(string written)
    {
#pragma warning disable CA1308 // The language writes its words in lower case.
        var lower = written.ToLowerInvariant();
#pragma warning restore CA1308
        return Aliases.GetValueOrDefault(lower, lower);
    }

    public static ScalarFunction? Find(string name) => ByName.GetValueOrDefault(name);
}
