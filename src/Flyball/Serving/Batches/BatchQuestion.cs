namespace Flyball.Serving.Batches;

/// <summary>What is asked about the requests of a file.</summary>
/// <param name="Spine">A Parquet file with the entities' keys, <c>event_time</c>, perhaps <c>known_at</c>, and the request's place in its file.</param>
/// <param name="Views">Whose features are asked for.</param>
/// <param name="Horizon">The last position of the log that may be seen; null for where the log stands.</param>
/// <param name="AllowsEmpty">Whether it is taken for the truth that no row finds a known event.</param>
/// <param name="Values">Where the answer goes: a Parquet file with the columns of the spine and <c>view__feature</c> for each feature, as many rows as the spine and in its order.</param>
public sealed record BatchQuestion(string Spine, IReadOnlyList<string> Views, long? Horizon, bool AllowsEmpty, string Values);
