namespace Flyball.Training;

/// <summary>One line of <c>decide:</c>, such as <c>block: "score >= 0.9"</c>.</summary>
/// <param name="Decision">What to answer.</param>
/// <param name="When">An expression over <c>score</c>, or <c>otherwise</c>.</param>
public sealed record DecisionDefinition(string Decision, string When)
{
    public bool Always => When == "otherwise";
}
