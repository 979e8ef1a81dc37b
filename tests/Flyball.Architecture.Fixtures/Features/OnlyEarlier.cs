using Flyball.Architecture.Fixtures.Contracts;

namespace Flyball.Architecture.Fixtures.Features;

/// <summary>Breaks nothing: the rules must stay silent about it.</summary>
public sealed class OnlyEarlier
{
    public Earlier Earlier { get; } = new();
}
