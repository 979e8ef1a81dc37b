namespace Flyball.Server.Demo;

/// <summary>One step of the story, as it went.</summary>
internal sealed record DemoStep(string Name, bool Ok, double Seconds, string Detail);
