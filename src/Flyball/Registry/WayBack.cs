namespace Flyball.Registry;

/// <summary>How a rollback is meant.</summary>
/// <param name="To">An earlier champion; null for the one before.</param>
/// <param name="Expected">The champion that the caller saw; null takes the present one, and then the one before must not have been rolled back from just now.</param>
/// <param name="Key">A rollback with the same key and the same terms was made before: its answer is given again, and nothing is moved.</param>
public sealed record WayBack(int? To = null, AliasExpectation? Expected = null, string? Key = null);
