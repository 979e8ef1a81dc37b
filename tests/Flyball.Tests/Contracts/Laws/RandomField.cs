namespace Flyball.Tests.Contracts.Laws;

/// <summary>A field of a random contract, in the words of the standard: what the independent checker reads instead of the compiled plan.</summary>
internal sealed record RandomField(string Name, string Type)
{
    public bool Required { get; init; }

    public bool Key { get; init; }

    public bool RefusesNull { get; init; }

    public decimal? Minimum { get; init; }

    public decimal? Maximum { get; init; }

    public bool MinimumIsOpen { get; init; }

    public bool MaximumIsOpen { get; init; }

    public decimal? MultipleOf { get; init; }

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    /// <summary>Index into <see cref="Patterns"/>.</summary>
    public int? Pattern { get; init; }

    /// <summary>Patterns, each with a hand-written reading of it.</summary>
    public static readonly (string Text, Func<string, bool> Matches)[] Patterns =
    [
        ("^[a-z]+$", s => s.Length > 0 && s.All(c => c is >= 'a' and <= 'z')),
        ("^A[0-9]{2}$", s => s.Length == 3 && s[0] == 'A' && char.IsAsciiDigit(s[1]) && char.IsAsciiDigit(s[2])),
        ("b", s => s.Contains('b', StringComparison.Ordinal)),
    ];
}
