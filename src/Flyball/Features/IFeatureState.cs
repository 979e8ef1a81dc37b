using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Features;

/// <summary>Where the folded events of entities are kept: online in memory, offline loaded from the lake.</summary>
public interface IFeatureState
{
    /// <summary>
    /// Values of all features of <paramref name="view"/> for the entity <paramref name="key"/> at instant <paramref name="t"/>
    /// as the log stood at <paramref name="horizon"/>. An entity without events has the values of empty windows.
    /// </summary>
    /// <param name="into">As long as the view has features.</param>
    void Evaluate(EntityFeatureView view, in Value key, EventTime t, Horizon horizon, Span<Value> into);
}
