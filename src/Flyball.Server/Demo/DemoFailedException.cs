namespace Flyball.Server.Demo;

/// <summary>The story did not go as it must: says what was expected and what was seen.</summary>
internal sealed class DemoFailedException(string message) : Exception(message);
