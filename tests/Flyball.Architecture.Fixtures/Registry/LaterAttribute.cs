namespace Flyball.Architecture.Fixtures.Registry;

[AttributeUsage(AttributeTargets.All)]
public sealed class LaterAttribute : Attribute;
