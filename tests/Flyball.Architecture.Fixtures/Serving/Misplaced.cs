#pragma warning disable IDE0130
namespace Flyball.Architecture.Fixtures.Elsewhere;

/// <summary>Its namespace is not its folder.</summary>
public sealed class Misplaced;
