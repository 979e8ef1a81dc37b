using System.Globalization;

namespace Flyball.Contracts.Versions;

/// <summary>A semantic version of a contract: one to three numbers, such as <c>2</c>, <c>2.1</c> or <c>2.1.0</c>; absent ones are zero.</summary>
public readonly record struct ContractVersion(int Major, int Minor, int Patch) : IComparable<ContractVersion>
{
    public static bool operator <(ContractVersion left, ContractVersion right) => left.CompareTo(right) < 0;

    public static bool operator <=(ContractVersion left, ContractVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >(ContractVersion left, ContractVersion right) => left.CompareTo(right) > 0;

    public static bool operator >=(ContractVersion left, ContractVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads a version; a leading <c>v</c> is allowed, and nothing after the numbers.</summary>
    public static bool TryParse(string text, out ContractVersion version)
    {
        version = default;
        var parts = text.StartsWith('v') ? text[1..].Split('.') : text.Split('.');
        Span<int> numbers = [0, 0, 0];
        if (parts.Length > numbers.Length)
        {
            return false;
        }

        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return false;
            }
        }

        version = new ContractVersion(numbers[0], numbers[1], numbers[2]);
        return true;
    }

    /// <summary>The least version after this one for a change of this size.</summary>
    public ContractVersion After(VersionStep step) => step switch
    {
        VersionStep.Major => new ContractVersion(Major + 1, 0, 0),
        VersionStep.Minor => new ContractVersion(Major, Minor + 1, 0),
        VersionStep.Patch => this with { Patch = Patch + 1 },
        _ => this,
    };

    public int CompareTo(ContractVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
