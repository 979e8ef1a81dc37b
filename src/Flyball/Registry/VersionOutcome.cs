using System.Diagnostics.CodeAnalysis;
using Flyball.Engine.Problems;

namespace Flyball.Registry;

/// <summary>A version after a change, or every condition that the change failed.</summary>
public sealed record VersionOutcome
{
    private VersionOutcome(ModelVersion? version, IReadOnlyList<Problem> problems) => (Version, Problems) = (version, problems);

    /// <summary>Null when the change was refused.</summary>
    public ModelVersion? Version { get; }

    public IReadOnlyList<Problem> Problems { get; }

    [MemberNotNullWhen(true, nameof(Version))]
    public bool Ok => Version is not null;

    internal static VersionOutcome Of(ModelVersion version) => new(version, []);

    internal static VersionOutcome Refused(params IReadOnlyList<Problem> problems) => new(null, problems);
}
