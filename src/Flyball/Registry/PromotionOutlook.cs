using Flyball.Engine.Problems;

namespace Flyball.Registry;

/// <summary>Whether a version could be promoted now.</summary>
/// <param name="Allowed">Nothing speaks against it.</param>
/// <param name="Failed">Every condition that does.</param>
internal sealed record PromotionOutlook(bool Allowed, IReadOnlyList<PromotionOutlook.Condition> Failed)
{
    public PromotionOutlook(IReadOnlyList<Problem> problems)
        : this(problems.Count == 0, [.. problems.Select(p => new Condition(p.Code, p.Message))])
    {
    }

    internal sealed record Condition(string Code, string Message);
}
