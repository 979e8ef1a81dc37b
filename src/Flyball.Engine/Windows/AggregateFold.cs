using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>Computes one aggregate of one input type over the rows of a window. Stateless.</summary>
/// <param name="type">The type of the result.</param>
/// <param name="storage">How its input is stored; null when it reads none.</param>
/// <param name="needs">What it needs beside the values.</param>
internal abstract class AggregateFold(ScalarType type, InputStorage? storage, InputNeeds needs = default)
{
    public ScalarType Type { get; } = type;

    public InputStorage? Storage { get; } = storage;

    public InputNeeds Needs { get; } = needs;

    /// <param name="input">What to fold.</param>
    /// <param name="value">The aggregate; null when it has none or leaves its type.</param>
    /// <returns>Never that there are no rows; that is the caller's to see.</returns>
    public abstract FoldOutcome Fold(in FoldInput input, out Value value);

    protected static Value OfBits(ScalarType type, long bits) => type switch
    {
        ScalarType.Timestamp => Value.FromTimestamp(bits),
        ScalarType.Boolean => Value.FromBoolean(bits != 0),
        _ => Value.FromInteger(bits),
    };
}
