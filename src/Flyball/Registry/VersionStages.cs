using System.Diagnostics.CodeAnalysis;

namespace Flyball.Registry;

/// <summary>The four stages that MLflow's clients know, a view beside states and aliases.</summary>
public static class VersionStages
{
    public const string None = "None";
    public const string Staging = "Staging";
    public const string Production = "Production";
    public const string Archived = "Archived";

    public static IReadOnlyList<string> All { get; } = [None, Staging, Production, Archived];

    /// <summary>The stage as it is written, whatever the case it came in.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? stage)
    {
        stage = All.FirstOrDefault(s => string.Equals(s, text, StringComparison.OrdinalIgnoreCase));
        return stage is not null;
    }
}
