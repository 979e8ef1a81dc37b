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

    /// <summary>Where to listen for gRPC, which is HTTP/2 alone; null for nowhere.</summary>
    public string? GrpcUrls { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether checks, rollouts and retraining run by themselves. A replay that drives the clock runs them itself.</summary>
    public bool BackgroundLoops { get; init; } = true;

    /// <summary>Keys file; null for a loopback server without keys.</summary>
    public string? KeysFile { get; init; }

    /// <summary>Whether a folder that differs from what is applied is applied at the start, when nothing speaks against it.</summary>
    public bool AppliesFolder { get; init; } = true;

    /// <summary>Whether a folder with problems stops the start; otherwise what was applied last runs on, and says so.</summary>
    public bool FolderMustBeGood { get; init; } = true;

    /// <summary>Whether somebody starts a new host in the place of one that applied a project.</summary>
    public bool RestartsOnApply { get; init; }

    /// <summary>Whether webhooks may go to addresses that are not public.</summary>
    public bool AllowPrivateWebhooks { get; init; }

    /// <summary>Connections at once; one more is closed at once.</summary>
    public int MostConnections { get; init; } = ServerLimits.Connections;

    /// <summary>How long it goes on answering when it is told to stop, while health says that it is on its way out; null for none on loopback without keys, else five seconds.</summary>
    public TimeSpan? Drain { get; init; }

    /// <summary>Whether log records are lines of JSON.</summary>
    public bool JsonLogs { get; init; }

    public const string DefaultUrls = "http://127.0.0.1:7878";
}
