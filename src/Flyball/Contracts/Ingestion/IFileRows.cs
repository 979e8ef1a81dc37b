namespace Flyball.Contracts.Ingestion;

/// <summary>The rows of one form of file, one after the other.</summary>
internal interface IFileRows : IDisposable
{
    /// <summary>The line in which the row that was looked at last begins, from 1; null in a form without lines, and where they are not counted.</summary>
    long? Line { get; }

    /// <summary>Adds the next row to the batch, good or broken; false at the end of the file.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3004: from here on the file cannot be read.</exception>
    bool TryAdd(RowBatch batch);

    /// <summary>Passes over the next row without judging it; false at the end of the file.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3004: from here on the file cannot be read.</exception>
    bool TrySkip();
}
