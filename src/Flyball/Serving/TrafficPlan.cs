using Flyball.Engine.Identity;
using Flyball.Engine.Sequential;

namespace Flyball.Serving;

/// <summary>Which versions of one model answer which requests. Immutable; swapped whole, so a request sees one plan from start to end.</summary>
/// <param name="Champion">Answers whatever no canary takes.</param>
/// <param name="Previous">The champion before, kept warm: the first rung when the champion fails, and the target of a rollback.</param>
/// <param name="Canary">A share of units on trial; null when there is none.</param>
public sealed record TrafficPlan(string Model, ServedVersion Champion, ServedVersion? Previous = null, CanaryTraffic? Canary = null)
{
    /// <summary>The version with a bundle; null when none of the plan has it.</summary>
    public ServedVersion? VersionOf(Digest digest) =>
        Champion.Digest == digest ? Champion : Canary?.Version.Digest == digest ? Canary.Version : Previous?.Digest == digest ? Previous : null;
}

/// <summary>The trial of a version on a share of units.</summary>
/// <param name="RolloutId">Names the rollout, and salts the assignment of units.</param>
/// <param name="Share">0 to 1.</param>
public sealed record CanaryTraffic(string RolloutId, ServedVersion Version, decimal Share)
{
    private readonly UInt128 threshold = StickyAssignment.Threshold(Share);

    /// <summary>Whether the unit belongs to the share: the same answer for the same unit as long as the share does not shrink.</summary>
    public bool Takes(string unit) => StickyAssignment.Position(RolloutId, unit) < threshold;
}
