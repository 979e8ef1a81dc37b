using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Features.History;

/// <summary>What is computed from the rows of one key: the features of views, or a label. One thread's; used for one key after the other.</summary>
internal interface ILaneFold
{
    /// <summary>Forgets the key before.</summary>
    void Begin();

    /// <summary>Takes the next row of the key, in the total order.</summary>
    /// <param name="stamp">Its place.</param>
    /// <param name="identity">The fact it is about.</param>
    /// <param name="cells">The values of the lane's columns.</param>
    void Append(RowStamp stamp, RowIdentity identity, ReadOnlySpan<Value> cells);

    /// <summary>Computes the lane's values at an instant.</summary>
    /// <param name="t">The instant.</param>
    /// <param name="knownBy">The instant of knowledge, where the spine states one.</param>
    /// <param name="into">As long as the lane is wide; overwritten.</param>
    void Evaluate(EventTime t, KnownAt? knownBy, Span<Value> into);
}
