using System.Collections.Frozen;

namespace Flyball.Engine.Expressions;

/// <summary>The functions of one value, by name: what they accept and which node computes them.</summary>
internal static class ScalarFunctions
{
    private static readonly FrozenDictionary<string, Func<Node, Node?>> OfOne = new Dictionary<string, Func<Node, Node?>>(StringComparer.Ordinal)
    {
        ["abs"] = static x => OnIntegerOrNumber<Magnitude>(x),
        ["ln"] = static x => OnNumber<NaturalLogarithm>(x),
        ["exp"] = static x => OnNumber<Exponential>(x),
        ["sqrt"] = static x => OnNumber<SquareRoot>(x),
        ["floor"] = static x => x.Type == ScalarType.Integer ? x : OnNumber<Floor>(x),
        ["ceil"] = static x => x.Type == ScalarType.Integer ? x : OnNumber<Ceiling>(x),
        ["hour"] = static x => OnTimestamp<HourOfDay>(x),
        ["dayofweek"] = static x => OnTimestamp<DayOfWeek>(x),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["log"] = "ln",
        ["ceiling"] = "ceil",
        ["avg"] = "mean",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every function of the language: those of one value and the two that choose.</summary>
    public static IEnumerable<string> All => OfOne.Keys.Concat(["if", "coalesce"]);

    /// <summary>The one spelling of a function's or aggregate's name.</summary>
    public static string Spell(string written)
    {
#pragma warning disable CA1308 // The language writes its words in lower case.
        var lower = written.ToLowerInvariant();
#pragma warning restore CA1308
        return Aliases.GetValueOrDefault(lower, lower);
    }

    public static bool TakesOne(string name) => OfOne.ContainsKey(name);

    /// <summary>What the function accepts, for a message.</summary>
    public static string Accepts(string name) => name is "hour" or "dayofweek" ? "a timestamp" : "a number";

    /// <summary>Null when the argument has the wrong type.</summary>
    public static Node? Apply(string name, Node argument) => OfOne[name](argument);

    public static Node? OnIntegerOrNumber<TFunction>(Node operand)
        where TFunction : struct, IIntegerFunction, INumberFunction =>
        operand.Type == ScalarType.Integer ? new IntegerFunction<TFunction>(operand) : OnNumber<TFunction>(operand);

    private static NumberFunction<TFunction>? OnNumber<TFunction>(Node operand)
        where TFunction : struct, INumberFunction =>
        operand.Type switch
        {
            ScalarType.Integer => new(new IntegerToNumber(operand)),
            ScalarType.Number or null => new(operand),
            _ => null,
        };

    private static IntegerFunction<TFunction>? OnTimestamp<TFunction>(Node operand)
        where TFunction : struct, IIntegerFunction =>
        operand.Type is ScalarType.Timestamp or null ? new(operand) : null;
}
