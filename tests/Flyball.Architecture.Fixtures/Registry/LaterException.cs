namespace Flyball.Architecture.Fixtures.Registry;

public sealed class LaterException : Exception;
