namespace Flyball.Contracts;

/// <summary>Bounds of the gate.</summary>
public sealed class ContractsOptions
{
    public const string Section = "Contracts";

    /// <summary>The largest body of a request, in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 8 << 20;

    /// <summary>The most rows of a request.</summary>
    public int MaxRowsPerRequest { get; init; } = 10_000;
}
