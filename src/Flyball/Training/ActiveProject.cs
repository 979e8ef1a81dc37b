namespace Flyball.Training;

/// <summary>The applied project. Readers see one plan from start to end; applying swaps the reference.</summary>
/// <param name="plan">The definitions in force.</param>
/// <param name="source">Where they come from; null when that was not looked at.</param>
public sealed class ActiveProject(ProjectPlan plan, AppliedSource? source = null)
{
    private volatile Held held = new(plan, source);

    /// <summary>Who applied it; null when that is not known.</summary>
    public string? AppliedBy { get; init; }

    public ProjectPlan Current => held.Plan;

    /// <summary>The plan with where it comes from, of one moment.</summary>
    internal (ProjectPlan Plan, AppliedSource? Source) Now
    {
        get
        {
            var now = held;
            return (now.Plan, now.Source);
        }
    }

    public void Apply(ProjectPlan next, AppliedSource? from = null) => held = new Held(next, from);

    private sealed record Held(ProjectPlan Plan, AppliedSource? Source);
}
