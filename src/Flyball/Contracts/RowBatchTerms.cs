using Flyball.Contracts.Quality;
using Flyball.Contracts.Versions;

namespace Flyball.Contracts;

/// <summary>What a batch of a source is read with, beside the contract.</summary>
/// <param name="KeepsValues">Somebody listens to the source: values are carried along, so that rows need not be read again.</param>
/// <param name="KnownAt">The column that says when each row was known; null for none.</param>
/// <param name="Earlier">The version accepted beside the contract; null for none.</param>
/// <param name="Reference">What the batch is compared with; null when nothing was frozen yet.</param>
/// <param name="ForeignKeys">References to other sources.</param>
/// <param name="Columns">By what rows are looked up.</param>
internal sealed record RowBatchTerms(bool KeepsValues, KnownAtColumn? KnownAt, EarlierReader? Earlier, SourceReference? Reference, IReadOnlyList<ForeignKeyRule> ForeignKeys, KeyColumns Columns)
{
    /// <summary>Rows are known as soon as they are true.</summary>
    public bool IsKnownAtEventTime { get; init; }
}
