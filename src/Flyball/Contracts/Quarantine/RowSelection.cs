namespace Flyball.Contracts.Quarantine;

/// <summary>Which rows in quarantine a decision is about: named ones, or the open ones that meet a rule.</summary>
/// <param name="Seqs">Positions of named rows; empty selects by <paramref name="Rule"/>.</param>
/// <param name="Rule">A code, a column, or the name of a rule as a reason quotes it; null takes every open row.</param>
/// <param name="After">Only rows after this position, when they are not named.</param>
public sealed record RowSelection(IReadOnlyList<long> Seqs, string? Rule = null, long After = 0)
{
    /// <summary>Edited copies to release in place of named rows, as JSON text by position.</summary>
    public IReadOnlyDictionary<long, string> Edits { get; init; } = new Dictionary<long, string>();

    /// <summary>Whether a row was put aside for the rule.</summary>
    internal bool Meets(QuarantinedRow row) => Meets(row, Rule);

    internal static bool Meets(QuarantinedRow row, string? rule) =>
        rule is null || row.Problems.Any(p => p.Code == rule || p.Where?.Field == rule || p.Message.Contains($"'{rule}'", StringComparison.Ordinal));
}
