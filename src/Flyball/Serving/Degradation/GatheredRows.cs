using System.Runtime.ExceptionServices;
using Flyball.Engine.Expressions;
using Flyball.Training;

namespace Flyball.Serving.Degradation;

/// <summary>Rows of requests that are scored in one call, and what came of each. The first one's thread scores; the others wait for it.</summary>
internal sealed class GatheredRows(int most)
{
    private readonly object ending = new();
    private readonly List<Value[]> vectors = new(most);
    private readonly Exception?[] failures = new Exception?[most];
    private int count;
    private bool ended;

    public IReadOnlyList<Value[]> Vectors => vectors;

    public Score[] Scores { get; } = new Score[most];

    public bool IsFull => Volatile.Read(ref count) == most;

    /// <summary>Adds a row under the lock of whoever gathers; its place says whose it is.</summary>
    public int Add(Value[] vector)
    {
        vectors.Add(vector);
        Volatile.Write(ref count, vectors.Count);
        return vectors.Count - 1;
    }

    /// <param name="place">Of the row.</param>
    /// <param name="why">Null when its score is there.</param>
    public void Fail(int place, Exception? why) => failures[place] = why;

    /// <param name="why">Null when all scores are there.</param>
    public void FailAll(Exception? why) => Array.Fill(failures, why);

    /// <summary>Lets everybody have what is theirs.</summary>
    public void End()
    {
        lock (ending)
        {
            ended = true;
            Monitor.PulseAll(ending);
        }
    }

    /// <summary>The score of a row; waits for it no longer than it is of use.</summary>
    /// <exception cref="TimeoutException">The row's time ran out first.</exception>
    public Score Take(int place, TimeSpan within)
    {
        lock (ending)
        {
            while (!ended)
            {
                if (!Monitor.Wait(ending, within.TotalMilliseconds < int.MaxValue ? within : Timeout.InfiniteTimeSpan) && !ended)
                {
                    throw new TimeoutException("Time ran out while the row was scored among others.");
                }
            }
        }

        if (failures[place] is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return Scores[place];
    }
}
