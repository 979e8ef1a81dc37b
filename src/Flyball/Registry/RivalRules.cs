using System.Data;
using Flyball.Engine.Problems;
using Flyball.Registry.Gates;

namespace Flyball.Registry;

/// <summary>
/// A gate against another version proves something against that version alone.
/// <list type="number">
/// <item>Where there is a champion now, what a gate found against another one, or against none, does not let a version take its place.</item>
/// <item>Where there is none now, there is nothing to be worse than.</item>
/// <item>A person who broke the glass has set the gates aside, these too.</item>
/// </list>
/// </summary>
internal static class RivalRules
{
    public static IReadOnlyList<Problem> Check(IDbConnection c, IDbTransaction? t, ModelVersion version, IReadOnlyList<Approval> approvals)
    {
        var champion = PresentVersions.Judged(VersionStore.Alias(c, t, version.Model, VersionStore.ChampionAlias));
        if (champion?.Version == version.Version || approvals.LastOrDefault(a => a.Decision != ApprovalRules.Comment) is { BreakGlass: true })
        {
            return [];
        }

        return
        [
            .. Check(c, t, version, VersionStore.ChampionAlias, champion),
            .. Check(c, t, version, VersionStore.PreviousAlias, PresentVersions.Judged(VersionStore.Alias(c, t, version.Model, VersionStore.PreviousAlias))),
        ];
    }

    private static List<Problem> Check(IDbConnection c, IDbTransaction? t, ModelVersion version, string role, ModelVersion? present)
    {
        if (present is null || present.Version == version.Version)
        {
            return [];
        }

        return
        [
            .. version.Gates.Where(g => RoleOf(g) == role && g.Against?.Digest != present.Digest.Hex).GroupBy(g => g.Against?.Digest).Select(g => new Problem(
                "FLY3349",
                $"Version {Number(version)} was compared with {Name(c, t, version.Model, role, g.First().Against, g.Key)}, and the {role} of {version.Model} now is version {Number(present)} ({present.Digest.Short}): {string.Join("; ", g.Select(r => r.Gate))}.",
                new ProblemLocation(Field: g.First().Gate),
                $"Judge it again beside the present one: flyball models rejudge {version.Model}@{Number(version)}")),
        ];
    }

    /// <summary>Which of the two a gate compares with; null for a gate that compares with neither.</summary>
    private static string? RoleOf(GateResult gate) => gate.Against?.Role
        ?? (GateDefinition.TryParse(gate.Gate, null, out var definition, out _) ? definition!.Bound.Against : GateReference.None) switch
        {
            GateReference.Champion => VersionStore.ChampionAlias,
            GateReference.Previous => VersionStore.PreviousAlias,
            _ => null,
        };

    private static string Name(IDbConnection c, IDbTransaction? t, string model, string role, GateRival? rival, string? digest) =>
        rival is null ? "a version that nobody recorded"
        : digest is null ? $"no {role}"
        : Engine.Identity.Digest.TryParse(digest, out var parsed)
            ? VersionStore.WithBundle(c, t, model, parsed) is { } number ? $"version {VersionStore.Number(number)} ({parsed.Short})" : $"a version that is not here ({parsed.Short})"
            : "another version";

    private static string Number(ModelVersion version) => VersionStore.Number(version.Version);
}
