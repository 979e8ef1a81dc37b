using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>Computes one aggregate of one input type over the rows of a window. Stateless; allocates nothing.</summary>
/// <param name="type">The type of the result.</param>
/// <param name="storage">How its input is stored; null when it reads none.</param>
internal abstract class AggregateFold(ScalarType type, InputStorage? storage)
{
    public ScalarType Type { get; } = type;

    public InputStorage? Storage { get; } = storage;

    /// <param name="rows">The rows of the window.</param>
    /// <param name="input">The input's values.</param>
    /// <param name="entered">How many values entered; when none did, the caller replaces the result by the value for empty.</param>
    /// <returns>The aggregate, or null when it overflows its type.</returns>
    public abstract Value Fold(in WindowRows rows, in InputSpan input, out long entered);
}
