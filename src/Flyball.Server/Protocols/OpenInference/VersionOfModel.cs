using Flyball.Serving;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>A version that can be asked for, and what it did since the start.</summary>
internal sealed record VersionOfModel(string Model, int Version, VersionFigures Figures);
