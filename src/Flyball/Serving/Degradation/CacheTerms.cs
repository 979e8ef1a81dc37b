namespace Flyball.Serving.Degradation;

/// <summary>How scores are kept for requests with the same features.</summary>
/// <param name="FreshMicros">How long a score may be handed out again, in microseconds.</param>
/// <param name="Entries">The most that are kept of a model.</param>
public sealed record CacheTerms(long FreshMicros, int Entries);
