namespace Flyball.Architecture.Fixtures.Contracts;

public sealed class Earlier;
