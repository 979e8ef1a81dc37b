namespace Flyball.Training.Bundles;

/// <summary>How large a bundle may be. Checked before anything is read.</summary>
public sealed record BundleLimits
{
    public int Members { get; init; } = 64;

    public long MemberBytes { get; init; } = 256L << 20;

    public long TotalBytes { get; init; } = 512L << 20;
}
