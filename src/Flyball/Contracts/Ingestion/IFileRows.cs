namespace Flyball.Contracts.Ingestion;

/// <summary>The rows of one form of file, one after the other.</summary>
internal interface IFileRows : IDisposable
{
    /// <summary>Adds the next row to the batch, good or broken; false at the end of the file.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3004: from here on the file cannot be read.</exception>
    bool TryAdd(RowBatch batch);
}
