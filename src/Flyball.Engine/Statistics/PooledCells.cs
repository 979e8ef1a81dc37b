using System.Collections.Immutable;

namespace Flyball.Engine.Statistics;

/// <summary>Two rows of counts after rare cells were pooled.</summary>
/// <param name="Kept">Original indices of the cells kept, in order.</param>
/// <param name="Reference">Counts of the kept cells and, last, of <c>other</c> when anything was pooled.</param>
/// <param name="Current">The same for the current side.</param>
public sealed record PooledCells(ImmutableArray<int> Kept, ImmutableArray<long> Reference, ImmutableArray<long> Current);
