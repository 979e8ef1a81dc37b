namespace Flyball.Serving.Batches;

/// <summary>Whoever has the events: finds the values that features had for a file of keys and instants, by the fold of training.</summary>
public interface IBatchHistory
{
    /// <summary>Finds the values and puts them into the file that the question names.</summary>
    /// <returns>The last position of the log that was seen.</returns>
    Task<long> FindAsync(BatchQuestion question, CancellationToken cancellation);
}
