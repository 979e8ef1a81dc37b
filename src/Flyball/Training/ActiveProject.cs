namespace Flyball.Training;

/// <summary>The applied project. Readers see one plan from start to end; applying swaps the reference.</summary>
public sealed class ActiveProject(ProjectPlan plan)
{
    private volatile ProjectPlan current = plan;

    /// <summary>Who applied it; null when that is not known.</summary>
    public string? AppliedBy { get; init; }

    public ProjectPlan Current => current;

    public void Apply(ProjectPlan next) => current = next;
}
