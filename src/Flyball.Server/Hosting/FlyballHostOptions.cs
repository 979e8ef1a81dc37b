namespace Flyball.Server.Hosting;

/// <summary>What one server is started with.</summary>
public sealed record FlyballHostOptions
{
    /// <summary>The project folder.</summary>
    public required string Project { get; init; }

    /// <summary>The data directory.</summary>
    public required string Data { get; init; }

    /// <summary>Where to listen; a port of 0 takes a free one.</summary>
    public string Urls { get; init; } = DefaultUrls;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether checks, rollouts and retraining run by themselves. A replay that drives the clock runs them itself.</summary>
    public bool BackgroundLoops { get; init; } = true;

    /// <summary>Keys file; null for a loopback server without keys.</summary>
    public string? KeysFile { get; init; }

    public const string DefaultUrls = "http://127.0.0.1:7878";
}
