using System.Globalization;

namespace Flyball.Contracts.Privacy;

/// <summary>What stands in a kept row for values that were not kept.</summary>
internal static class Mask
{
    /// <summary>A value of a dropped field that was good.</summary>
    public const string Dropped = "(dropped)";

    private const string WithheldStart = "(withheld, ";

    /// <summary>A value that no token can stand for, because it did not pass its checks.</summary>
    public static string Withheld(int bytes) => string.Create(CultureInfo.InvariantCulture, $"{WithheldStart}{bytes} bytes)");

    public static bool IsWithheld(ReadOnlySpan<char> text) => text.StartsWith(WithheldStart, StringComparison.Ordinal);

    /// <summary>Stands for a name that is not in the contract: in a row whose columns have moved it may be a value.</summary>
    public static string Name(int position) => string.Create(CultureInfo.InvariantCulture, $"(field {position + 1})");
}
