using System.Diagnostics.CodeAnalysis;
using Flyball.Engine.Problems;

namespace Flyball.Engine.Expressions;

/// <summary>A compiled plan, or every problem that kept it from being one.</summary>
public sealed class BindOutcome<T>
    where T : class
{
    internal BindOutcome(T plan) => (Plan, Problems) = (plan, []);

    internal BindOutcome(IReadOnlyList<Problem> problems) => Problems = problems;

    /// <summary>Null when there are problems.</summary>
    public T? Plan { get; }

    public IReadOnlyList<Problem> Problems { get; }

    [MemberNotNullWhen(true, nameof(Plan))]
    public bool Succeeded => Plan is not null;
}
