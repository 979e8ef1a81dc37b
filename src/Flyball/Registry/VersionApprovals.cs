using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Registry;

/// <summary>Decisions of approvers. One holds for the bytes it was made about, and for as long as it says.</summary>
internal sealed class VersionApprovals(RegistryChanges changes)
{
    private const string VersionObject = "version";

    public Task<VersionOutcome> ApproveAsync(ModelVersion found, Caller approver, ApprovalTerms terms, CancellationToken cancellation)
    {
        var approvals = changes.Catalog.Read(c => VersionStore.Approvals(c, null, found.Model, found.Version));
        if (found.State == VersionStates.Approved && ApprovalRules.CheckPromotion(found, approvals, changes.Now).Count == 0 && IsSame(approvals[^1], approver, terms))
        {
            return Task.FromResult(VersionOutcome.Of(found));
        }

        var breakGlass = found.State == VersionStates.Refused;
        var details = new JsonObject { ["state_before"] = found.State, ["state_after"] = VersionStates.Approved, ["break_glass"] = breakGlass };
        if (breakGlass)
        {
            details["failed_gates"] = new JsonArray([.. found.Gates.Where(g => !g.Ok).Select(g => (JsonNode)g.Gate)]);
        }

        long? expires = terms.ValidForMicros is { } length ? checked(changes.Now.Micros + length) : null;
        if (expires is { } until)
        {
            details["expires_at"] = new EventTime(until).ToString();
        }

        return DecideAsync(
            found,
            Act(found, approver, "version.approve", terms.Reason, details),
            version => ApprovalRules.Check(version, approver, terms.Reason, terms.OverrideGates),
            VersionStates.Approved,
            new Approval(found.Digest.Hex, ApprovalRules.Approved, breakGlass, approver.Name, approver.AuthMethod, terms.Reason, changes.Now.ToString()),
            expires,
            cancellation);
    }

    public Task<VersionOutcome> RefuseAsync(ModelVersion found, int? champion, Caller approver, string? reason, CancellationToken cancellation) => DecideAsync(
        found,
        Act(found, approver, "version.refuse", reason, new JsonObject { ["state_before"] = found.State, ["state_after"] = VersionStates.Refused }),
        version => JudgeRefusal(version, champion, reason),
        VersionStates.Refused,
        new Approval(found.Digest.Hex, ApprovalRules.Refused, false, approver.Name, approver.AuthMethod, reason, changes.Now.ToString()),
        null,
        cancellation);

    public Task<VersionOutcome> CommentAsync(ModelVersion found, Caller caller, string? comment, CancellationToken cancellation) => DecideAsync(
        found,
        Act(found, caller, "version.comment", comment, null),
        _ => string.IsNullOrWhiteSpace(comment) ? [new Problem("FLY3203", "A comment says something.", new ProblemLocation(Field: "comment"))]
            : RegistryNames.JudgeText(comment, "comment") is { } bad ? [bad] : [],
        null,
        new Approval(found.Digest.Hex, ApprovalRules.Comment, false, caller.Name, caller.AuthMethod, comment, changes.Now.ToString()),
        null,
        cancellation);

    private async Task<VersionOutcome> DecideAsync(
        ModelVersion found, RegistryAct act, Func<ModelVersion, IReadOnlyList<Problem>> judge, string? state, Approval approval, long? expires, CancellationToken cancellation)
    {
        var made = await changes.MakeAloneAsync(
            act,
            (c, t) => VersionStore.Find(c, t, found.Model, found.Version) is not { } version ? [ModelRegistry.Unknown(found.Model, found.Version)]
                : version.Digest != found.Digest ? [new Problem("FLY3212", "The version got other bytes in between.", Remedy: "Look at it and decide again.")]
                : judge(version),
            change => VersionStore.Decide(change, VersionStore.Find(change.Connection, change.Transaction, found.Model, found.Version)!, state, approval, expires),
            cancellation);
        return made.Ok ? VersionOutcome.Of(made.Value) : VersionOutcome.Refused(made.Problems);
    }

    /// <summary>The same person says the same once more: nothing is decided by it. Another person, or other terms, is another decision.</summary>
    private static bool IsSame(Approval last, Caller approver, ApprovalTerms terms) =>
        last.Decision == ApprovalRules.Approved && ApprovalRules.Same(last.Actor, approver.Name) && last.ExpiresAt is null && terms.ValidForMicros is null && (terms.Reason is null || terms.Reason == last.Reason);

    private static List<Problem> JudgeRefusal(ModelVersion version, int? champion, string? reason)
    {
        List<Problem> problems = [];
        if (champion == version.Version)
        {
            problems.Add(new Problem("FLY3208", $"Version {VersionStore.Number(version.Version)} is the champion.", Remedy: "Roll back first."));
        }

        if (version.State == VersionStates.Archived)
        {
            problems.Add(new Problem("FLY3204", $"Version {VersionStore.Number(version.Version)} is archived.", Remedy: "Nothing is to be done: it cannot be promoted."));
        }

        if (string.IsNullOrWhiteSpace(reason))
        {
            problems.Add(new Problem("FLY3203", "A refusal needs a reason.", new ProblemLocation(Field: "reason")));
        }

        return problems;
    }

    private static RegistryAct Act(ModelVersion version, Caller caller, string action, string? reason, JsonObject? details) =>
        new(caller, action, VersionObject, $"{version.Model}/{VersionStore.Number(version.Version)}", reason)
        {
            ObjectVersion = VersionStore.Number(version.Version),
            Before = version.Digest,
            After = version.Digest,
            Details = details,
        };
}
