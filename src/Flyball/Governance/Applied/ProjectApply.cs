using Flyball.Engine.Identity;
using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>One time that a project was applied.</summary>
/// <param name="Ordinal">From 1.</param>
/// <param name="Project">The project's name.</param>
/// <param name="Digest">Names all its documents.</param>
/// <param name="AppliedAt">RFC 3339 in UTC.</param>
/// <param name="Actor">Who applied it.</param>
/// <param name="AcceptedBreaks">Models whose breaking was accepted.</param>
/// <param name="AuditIndex">The entry of the audit log.</param>
public sealed record ProjectApply(int Ordinal, string Project, Digest Digest, string AppliedAt, string Actor, IReadOnlyList<string> AcceptedBreaks, long AuditIndex)
{
    /// <summary>What version control said of the folder; null without it.</summary>
    public SourceTree? Tree { get; init; }
}
