namespace Flyball.Registry;

/// <summary>One comparison of a model's served feature vectors with the offline path, as the catalog keeps it.</summary>
/// <param name="Model">The model.</param>
/// <param name="Ordinal">1, 2, 3 and so on within the model.</param>
/// <param name="CheckedAt">RFC 3339.</param>
/// <param name="Actor">Who asked for it.</param>
/// <param name="Compared">Predictions compared.</param>
/// <param name="Identical">Of those, how many agree in every bit of every feature.</param>
/// <param name="Features">Features that did not, in order.</param>
/// <param name="Report">The whole answer, as JSON.</param>
public sealed record ParityCheck(string Model, int Ordinal, string CheckedAt, string Actor, long Compared, long Identical, IReadOnlyList<string> Features, string Report);
