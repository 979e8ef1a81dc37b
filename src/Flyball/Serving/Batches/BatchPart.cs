namespace Flyball.Serving.Batches;

/// <summary>The mark of a part that counts.</summary>
/// <param name="Rows">Rows of the input it covers.</param>
/// <param name="Rejected">Those of them that were put aside.</param>
internal sealed record BatchPart(long Rows, long Rejected)
{
    /// <summary>How many good requests took the declared value of a field, by the field; null where none did.</summary>
    public SortedDictionary<string, long>? Defaulted { get; init; }

    /// <summary>Members of good requests that are no field of the contract and were passed over.</summary>
    public long Ignored { get; init; }
}
