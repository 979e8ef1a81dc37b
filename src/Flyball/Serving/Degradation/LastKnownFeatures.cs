using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Features;

namespace Flyball.Serving.Degradation;

/// <summary>
/// What entities were answered with last, for the moment in which the features' state cannot be read.
/// <list type="number">
/// <item>A fixed number of places; the keys of a request choose theirs, and a later request takes it over.</item>
/// <item>A place is replaced whole, by one reference, so a reader sees one answer or another and takes no lock.</item>
/// </list>
/// Memory: at most <see cref="Places"/> answers of one version.
/// </summary>
internal sealed class LastKnownFeatures(FeatureVectorPlan vector)
{
    /// <summary>A power of two.</summary>
    public const int Places = 1 << 14;

    private readonly Answer?[] places = new Answer?[Places];
    private readonly int[] keys = [.. vector.Entities.Select(e => e.RequestColumn)];

    public void Keep(ReadOnlySpan<Value> request, EventTime instant, ReadOnlySpan<Value> lookedUp)
    {
        var own = new Value[keys.Length];
        for (var i = 0; i < own.Length; i++)
        {
            own[i] = request[keys[i]];
        }

        Volatile.Write(ref places[PlaceOf(request)], new Answer(own, instant, lookedUp.ToArray()));
    }

    /// <summary>The values of the same entities, at most so much older than an instant and never from after it.</summary>
    public Value[]? Find(ReadOnlySpan<Value> request, EventTime instant, long maxStaleMicros)
    {
        if (Volatile.Read(ref places[PlaceOf(request)]) is not { } found || instant < found.Instant || instant.Micros - found.Instant.Micros > maxStaleMicros)
        {
            return null;
        }

        for (var i = 0; i < keys.Length; i++)
        {
            if (!found.Keys[i].Equals(request[keys[i]]))
            {
                return null;
            }
        }

        return found.LookedUp;
    }

    private int PlaceOf(ReadOnlySpan<Value> request)
    {
        var hash = default(HashCode);
        foreach (var key in keys)
        {
            hash.Add(request[key]);
        }

        return hash.ToHashCode() & (Places - 1);
    }

    private sealed record Answer(Value[] Keys, EventTime Instant, Value[] LookedUp);
}
