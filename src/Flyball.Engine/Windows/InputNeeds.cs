namespace Flyball.Engine.Windows;

/// <summary>What is kept of an input so that its aggregates need not look at each row.</summary>
/// <param name="Moments">Running sums.</param>
/// <param name="Least">Least values of blocks.</param>
/// <param name="Greatest">Greatest values of blocks.</param>
internal readonly record struct InputNeeds(MomentOrder Moments = MomentOrder.None, bool Least = false, bool Greatest = false)
{
    public InputNeeds With(InputNeeds other) =>
        new((MomentOrder)Math.Max((int)Moments, (int)other.Moments), Least || other.Least, Greatest || other.Greatest);
}
