namespace Flyball.Engine.Expressions;

/// <summary>An expression as it was written, without names resolved. Immutable; at most 256 nodes high.</summary>
public abstract class ExpressionSyntax
{
    private protected ExpressionSyntax(int start, params ReadOnlySpan<ExpressionSyntax?> children)
    {
        Start = start;
        foreach (var child in children)
        {
            Height = Math.Max(Height, (child?.Height ?? 0) + 1);
        }
    }

    /// <summary>The normalised text: parsing it gives the same tree, and expressions that differ only in spelling share it.</summary>
    public string Canonical => CanonicalText.Of(this);

    /// <summary>Where the construct starts (an operator: where the operator stands), counted from 0.</summary>
    internal int Start { get; }

    internal int Height { get; }
}
