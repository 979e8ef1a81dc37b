using Flyball.Engine.Time;

namespace Flyball.Registry;

/// <summary>A row of <c>approvals</c>. Settable members, because databases differ in the width of their integers.</summary>
internal sealed class ApprovalRow
{
    public const string Columns =
        "digest AS Digest, decision AS Decision, break_glass AS BreakGlass, actor AS Actor, auth_method AS AuthMethod, reason AS Reason, decided_at AS DecidedAt, expires_micros AS ExpiresMicros";

    public string Digest { get; set; } = "";

    public string Decision { get; set; } = "";

    public long BreakGlass { get; set; }

    public string Actor { get; set; } = "";

    public string AuthMethod { get; set; } = "";

    public string? Reason { get; set; }

    public string DecidedAt { get; set; } = "";

    public long? ExpiresMicros { get; set; }

    public Approval ToApproval() => new(
        Digest, Decision, BreakGlass != 0, Actor, AuthMethod, Reason, DecidedAt, ExpiresMicros is { } micros ? new EventTime(micros).ToString() : null);
}
