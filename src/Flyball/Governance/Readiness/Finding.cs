namespace Flyball.Governance.Readiness;

/// <summary>What stored evidence says of one test or question.</summary>
/// <param name="Holds">Whether it is answered.</param>
/// <param name="Detail">What was found, in words.</param>
/// <param name="Evidence">What it rests on; empty when it is not answered.</param>
/// <param name="Remedy">What to do; null when it is answered.</param>
public sealed record Finding(bool Holds, string Detail, IReadOnlyList<Evidence> Evidence, string? Remedy)
{
    /// <summary>Evidence is there, and it says no: no document answers it. False where evidence is only missing.</summary>
    public bool IsRefuted { get; init; }

    internal static Finding By(string detail, params IEnumerable<Evidence> evidence) => new(true, detail, [.. evidence], null);

    internal static Finding Missing(string detail, string remedy) => new(false, detail, [], remedy);

    internal static Finding Refuted(string detail, string remedy) => Missing(detail, remedy) with { IsRefuted = true };
}
