using Flyball.Contracts.Rows;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Sequential;

namespace Flyball.Serving;

/// <summary>Which versions of one model answer which requests. Immutable; swapped whole, so a request sees one plan from start to end.</summary>
/// <param name="Champion">Answers whatever no canary takes.</param>
/// <param name="Previous">The champion before, kept warm: the first rung when the champion fails, and the target of a rollback.</param>
/// <param name="Canary">A share of units on trial; null when there is none.</param>
public sealed record TrafficPlan(string Model, ServedVersion Champion, ServedVersion? Previous = null, CanaryTraffic? Canary = null)
{
    /// <summary>The champion before; one that could not be loaded is no way back.</summary>
    public ServedVersion? Previous { get; init; } = Previous is { Missing: null } ? Previous : null;

    /// <summary>What requests may lack or have beside their contract; <see cref="TrafficPlans"/> sets it to what the model's file declares.</summary>
    public RequestPolicy Requests { get; init; } = RequestPolicy.Strict;

    /// <summary>What is said when no version and no rule answers.</summary>
    public Problem Unanswered => Champion.Missing is { } missing
        ? new Problem("FLY5001", $"The champion is not served, and no fallback could answer this request. {missing.Message}", new ProblemLocation(Field: "model"), TrafficPlans.Mend)
        : new Problem("FLY5001", "No version and no fallback could answer this request.", Remedy: "Retry; if it lasts, look at /v1/models and the alerts. A request from before what is kept online is answered by no version.");

    /// <summary>A request asked for a version by its number: nothing else answers it, and it belongs to no arm of a rollout.</summary>
    public bool IsByName { get; private init; }

    /// <summary>Numbers of the versions that can be asked for: champion, previous, canary.</summary>
    public IEnumerable<int> Numbers => ((ServedVersion?[])[Champion, Previous, Canary?.Version]).OfType<ServedVersion>().Select(v => v.Version).Distinct();

    /// <summary>The plan of requests that ask for one version by its number; null when it is none of this plan.</summary>
    public TrafficPlan? ByName(int version)
    {
        var found = Champion.Version == version ? Champion : Canary?.Version.Version == version ? Canary.Version : Previous?.Version == version ? Previous : null;
        return found is null ? null : new TrafficPlan(Model, found) { IsByName = true, Requests = Requests };
    }

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
