using Flyball.Engine.Expressions;
using Flyball.Features;

namespace Flyball.Serving.Degradation;

/// <summary>What stands in for looked up features that cannot be read. A null that the events gave is a value, and nothing stands in for it.</summary>
/// <param name="MaxStaleMicros">How old last known values may be, in microseconds of the requests' instants; null when they are not to be used.</param>
/// <param name="Defaults">A value by <c>view.feature</c>; null when defaults are not to be used.</param>
public sealed record FeatureFallback(long? MaxStaleMicros, IReadOnlyDictionary<string, Value>? Defaults)
{
    public static FeatureFallback None { get; } = new(null, null);

    /// <summary>The declared values in the order in which a version looks features up; null when one that it needs is not declared.</summary>
    public Value[]? DefaultsOf(FeatureVectorPlan vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        if (Defaults is null)
        {
            return null;
        }

        var values = new Value[vector.LookedUp.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (Defaults.TryGetValue(vector.LookedUp[i], out var declared))
            {
                values[i] = declared;
            }
            else if (vector.Needed[i])
            {
                return null;
            }
        }

        return values;
    }
}
