using System.Globalization;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Registry;

namespace Flyball.Serving;

/// <summary>Says whom a version answered lately, from the prediction log.</summary>
internal sealed class ServedUses(ServedCounts counts, TimeProvider time) : IVersionUses
{
    /// <summary>More callers than these say nothing more.</summary>
    private const int MostShown = 16;

    public IReadOnlyList<string> Of(string model, int version) => [];

    public IReadOnlyList<string> Lately(string model, Digest digest, long withinMicros)
    {
        var since = new KnownAt(EventTime.From(time.GetUtcNow()).Micros - withinMicros);
        var callers = counts.CallersSince(model, digest, since, CancellationToken.None);
        List<string> uses = [.. callers.Take(MostShown).Select(c => string.Create(CultureInfo.InvariantCulture, $"it answered {c.Caller} last at {new EventTime(c.Last.Micros)}, {c.Predictions} predictions in all"))];
        return callers.Count > MostShown ? [.. uses, string.Create(CultureInfo.InvariantCulture, $"it answered {callers.Count - MostShown} more callers")] : uses;
    }
}
