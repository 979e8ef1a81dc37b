using System.Diagnostics.CodeAnalysis;
using Flyball.Engine.Problems;

namespace Flyball.Contracts;

/// <summary>A report, or the problem for which nothing was stored.</summary>
public readonly record struct IngestOutcome(IngestReport? Report, Problem? Problem)
{
    [MemberNotNullWhen(true, nameof(Report))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsStored => Report is not null;

    public static implicit operator IngestOutcome(IngestReport report) => new(report, null);

    public static implicit operator IngestOutcome(Problem problem) => new(null, problem);

    public static IngestOutcome FromReport(IngestReport report) => report;

    public static IngestOutcome FromProblem(Problem problem) => problem;
}
