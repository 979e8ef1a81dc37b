using System.Globalization;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Registry;

/// <summary>What an approval and a promotion need. Each rule states every condition that failed, not the first.</summary>
internal static class ApprovalRules
{
    public const string Approved = "approved";
    public const string Refused = "refused";

    /// <summary>Decides nothing.</summary>
    public const string Comment = "commented";

    public static IReadOnlyList<Problem> Check(ModelVersion version, Caller approver, string? reason, bool overrideGates)
    {
        var problems = new List<Problem>();
        if (version.NeedsAnotherApprover && IsMaker(version, approver.Name))
        {
            problems.Add(new Problem(
                "FLY3201", $"{approver.Name} made this version, and the model's risk is high.", Remedy: "Ask somebody else to approve it."));
        }
        else if (version.NeedsAnotherApprover && version.DefinedBy is { } definer && Same(approver.Name, definer))
        {
            problems.Add(new Problem(
                "FLY3201", $"{approver.Name} applied the definitions that this version was made and judged by, and the model's risk is high.", Remedy: "Ask somebody else to approve it."));
        }

        if (!version.HasBundle)
        {
            problems.Add(WithoutBundle(version));
        }

        if (version.State == VersionStates.Archived)
        {
            problems.Add(new Problem("FLY3204", $"Version {Number(version)} is archived.", Remedy: "Register a new version."));
        }

        if (version.State == VersionStates.Refused && !overrideGates)
        {
            problems.AddRange(version.Gates.Where(g => !g.Ok).Select(g => new Problem(
                "FLY3202", $"The gate {g.Gate} failed: {g.Detail}", new ProblemLocation(Field: g.Gate), "Train a better version, or override with a reason.")));
            if (version.Gates.All(g => g.Ok))
            {
                problems.Add(new Problem("FLY3202", "The version was refused by a person.", Remedy: "Override with a reason."));
            }
        }

        if (version.State == VersionStates.Refused && overrideGates && string.IsNullOrWhiteSpace(reason))
        {
            problems.Add(new Problem("FLY3203", "Overriding a refusal needs a reason.", new ProblemLocation(Field: "reason")));
        }

        return problems;
    }

    /// <summary>A promotion rests on an approval of exactly these bytes that still holds.</summary>
    /// <param name="now">Null where an approval that has expired will do: on the way back.</param>
    public static IReadOnlyList<Problem> CheckPromotion(ModelVersion version, IReadOnlyList<Approval> approvals, EventTime? now)
    {
        if (!version.HasBundle)
        {
            return [WithoutBundle(version)];
        }

        if (!version.MayBePromoted)
        {
            return
            [
                new Problem("FLY3209", $"Version {Number(version)} is {version.State}, not approved.", Remedy: $"POST /v1/models/{version.Model}/versions/{Number(version)}/approve"),
                .. version.Gates.Where(g => !g.Ok).Select(g => new Problem("FLY3202", $"The gate {g.Gate} failed: {g.Detail}", new ProblemLocation(Field: g.Gate), "Train a better version.")),
            ];
        }

        var last = approvals.LastOrDefault(a => a.Decision != Comment);
        if (last is not { Decision: Approved } || last.Digest != version.Digest.Hex)
        {
            return [new Problem("FLY3212", "The last approval of this version is of other bytes.", Remedy: "Approve the version again.")];
        }

        return now is { } instant && last.ExpiresAt is { } expires && EventTime.From(DateTimeOffset.Parse(expires, CultureInfo.InvariantCulture)) <= instant
            ? [new Problem("FLY3348", $"The approval of version {Number(version)} held until {expires}.", Remedy: "Approve the version again.")]
            : [];
    }

    /// <summary>Whether a person trained or registered a version.</summary>
    public static bool IsMaker(ModelVersion version, string name) => Same(name, version.Author) || Same(name, version.RegisteredBy);

    public static Problem WithoutBundle(ModelVersion version) => new(
        "FLY3343",
        $"Version {Number(version)} came as files that were not judged.",
        new ProblemLocation(Field: "version"),
        $"flyball models judge {version.Model}@{Number(version)}, or POST /v1/models/{version.Model}/versions/{Number(version)}/judge.");

    private static string Number(ModelVersion version) => version.Version.ToString(CultureInfo.InvariantCulture);

    // People and keys are told apart without regard to case: Ann must not approve what ann made.
    public static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
