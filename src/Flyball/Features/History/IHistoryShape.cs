using Flyball.Engine.Expressions;

namespace Flyball.Features.History;

/// <summary>From the values of all lanes to the columns that a result adds to its spine: every feature of the views, or a model's vector and label.</summary>
internal interface IHistoryShape
{
    /// <summary>The columns that are added.</summary>
    IReadOnlyList<Field> Columns { get; }

    /// <summary>The columns of the spine that it reads itself; empty for most.</summary>
    IReadOnlyList<Field> Reads { get; }

    /// <summary>Where each column lies among the values of the lanes, when every column is such a value as it is; null when they are computed.</summary>
    IReadOnlyList<(int Lane, int Offset)>? Picks { get; }

    /// <summary>Computes the columns of one row.</summary>
    /// <param name="spine">The values of the columns it reads.</param>
    /// <param name="lanes">The values of each lane.</param>
    /// <param name="into">As long as there are columns.</param>
    void Shape(ReadOnlySpan<Value> spine, IReadOnlyList<Memory<Value>> lanes, Span<Value> into);
}
