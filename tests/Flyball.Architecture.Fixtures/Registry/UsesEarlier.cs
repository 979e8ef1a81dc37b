using Flyball.Architecture.Fixtures.Contracts;

namespace Flyball.Architecture.Fixtures.Registry;

/// <summary>Allowed: a stage may use one before it. Together with those that reach ahead it makes a cycle.</summary>
public sealed class UsesEarlier
{
    public Earlier Earlier { get; } = new();
}
