using Flyball.Contracts;
using Flyball.Contracts.Odcs;
using Flyball.Engine.Identity;
using Flyball.Projects;

namespace Flyball.Governance.Applied;

/// <summary>One version of a source's contract, as it was applied.</summary>
/// <param name="Source">The source.</param>
/// <param name="Version">As its owner counts.</param>
/// <param name="Digest">Of the canonical form.</param>
/// <param name="Path">The file it stood in.</param>
/// <param name="Body">Its text.</param>
/// <param name="AppliedAt">When.</param>
/// <param name="Actor">By whom.</param>
/// <param name="AuditIndex">The entry of the audit log.</param>
public sealed record AppliedContract(string Source, string Version, Digest Digest, string Path, string Body, string AppliedAt, string Actor, long AuditIndex)
{
    /// <summary>The plan of the applied text; null when this program does not read it any more.</summary>
    public ContractPlan? Compile()
    {
        var problems = new ProblemList();
        return YamlSection.Parse(Path, Body.TrimStart('\uFEFF'), problems) is { } root ? ContractCompiler.Compile(root) : null;
    }
}
