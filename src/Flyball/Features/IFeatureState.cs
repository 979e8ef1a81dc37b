using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Features;

/// <summary>Where the folded events of entities are kept: online in memory, offline loaded from the lake.</summary>
public interface IFeatureState
{
    /// <summary>
    /// Values of all features of <paramref name="view"/> for the entity <paramref name="key"/> at instant <paramref name="t"/>
    /// as the log stood at <paramref name="horizon"/>. An entity without events has the values of empty windows.
    /// </summary>
    /// <param name="view">What to evaluate.</param>
    /// <param name="key">The entity; null is nobody.</param>
    /// <param name="t">The instant.</param>
    /// <param name="horizon">The last position of the log that may be seen.</param>
    /// <param name="into">As long as the view has features.</param>
    /// <param name="statuses">As long, or empty when nobody asks.</param>
    /// <returns>False, with every value null, when rows that the instant needs are not kept any more.</returns>
    bool Evaluate(EntityFeatureView view, in Value key, EventTime t, Horizon horizon, Span<Value> into, Span<FeatureStatus> statuses = default);
}
