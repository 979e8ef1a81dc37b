namespace Flyball.Contracts.Quality;

/// <summary>
/// Rows a bucket of event time. A batch is compared by the mean of the buckets that lie wholly inside it; its first and last bucket are cut
/// off by where the batch begins and ends and can only show that there is too much.
/// </summary>
/// <param name="BucketMicros">Length of a bucket: a day, or an hour for a short reference.</param>
/// <param name="Buckets">Whole buckets that the reference had.</param>
/// <param name="Mean">Mean of the logarithm of rows a bucket.</param>
/// <param name="Deviation">Its standard deviation.</param>
/// <param name="Most">The most rows of a bucket.</param>
/// <param name="Sizes">Rows of contiguous pieces of the reference, ascending; the last is all of it.</param>
/// <param name="Means">Mean logarithm of rows an inner bucket of such pieces.</param>
/// <param name="Lows">The least of them.</param>
/// <param name="Highs">The greatest.</param>
public sealed record VolumeReference(
    long BucketMicros,
    long Buckets,
    double Mean,
    double Deviation,
    long Most,
    IReadOnlyList<long> Sizes,
    IReadOnlyList<double> Means,
    IReadOnlyList<double> Lows,
    IReadOnlyList<double> Highs)
{
    /// <summary>The least mean logarithm that pieces smaller than the first size showed; null when none held a whole bucket.</summary>
    public double? LeastOfSmall { get; init; }
}
