namespace Flyball.Features.Online;

/// <summary>What a view holds in memory.</summary>
/// <param name="Entities">Those with at least one row.</param>
/// <param name="Rows">Rows of all entities.</param>
/// <param name="Bytes">About how much memory they take, the letters of texts left out.</param>
/// <param name="Trimmed">Rows that were let go since the view's state was first made.</param>
public readonly record struct OnlineUsage(long Entities, long Rows, long Bytes, long Trimmed);
