using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Ingestion;

/// <summary>The rows of one form of file, one after the other.</summary>
internal interface IFileRows : IDisposable
{
    /// <summary>The line in which the row that was looked at last begins, from 1; null in a form without lines, and where they are not counted.</summary>
    long? Line { get; }

    /// <summary>The known-at of the request that was read last; null without such a column, and where it is empty.</summary>
    long? KnownAt { get; }

    /// <summary>What was filled in and passed over in the request that was read last.</summary>
    RequestReading Reading { get; }

    /// <summary>Whether the file has a column of the contract; true where that is not known before its rows are.</summary>
    bool Has(int column);

    /// <summary>Adds the next row to the batch, good or broken; false at the end of the file.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3004: from here on the file cannot be read.</exception>
    bool TryAdd(RowBatch batch);

    /// <summary>Reads the next row by the contract alone, as a request; false at the end of the file.</summary>
    /// <param name="row">As long as the schema; without meaning when there are problems.</param>
    /// <param name="problems">Cleared first.</param>
    /// <exception cref="Engine.Problems.FlyballException">FLY3004: from here on the file cannot be read.</exception>
    bool TryRead(Span<Value> row, RowProblems problems);

    /// <summary>Passes over the next row without judging it; false at the end of the file.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3004: from here on the file cannot be read.</exception>
    bool TrySkip();
}
