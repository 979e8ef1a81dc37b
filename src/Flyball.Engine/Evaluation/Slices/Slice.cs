namespace Flyball.Engine.Evaluation.Slices;

/// <summary>The rows that have certain categories.</summary>
/// <param name="Conditions">One column and category each, one to three.</param>
/// <param name="Rows">Places of the rows, ascending.</param>
public sealed record Slice(IReadOnlyList<SliceCondition> Conditions, IReadOnlyList<int> Rows)
{
    /// <summary>Such as <c>country = DE and channel = web</c>.</summary>
    public string Name => string.Join(" and ", Conditions);
}

/// <param name="Column">The column.</param>
/// <param name="Category">The category its rows have.</param>
public readonly record struct SliceCondition(string Column, string Category)
{
    public override string ToString() => $"{Column} = {Category}";
}
