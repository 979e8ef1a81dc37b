using System.Runtime.ExceptionServices;

namespace Flyball.Training;

/// <summary>Work that is done in parts on all processors, each part by itself, so that the outcome is the same with any number of them.</summary>
internal static class SideBySide
{
    /// <summary>Does numbered parts; the first exception is thrown as the part threw it.</summary>
    /// <param name="parts">How many.</param>
    /// <param name="work">Takes the number of a part, from 0; called from several threads.</param>
    /// <param name="threads">Null for all processors.</param>
    public static void Run(int parts, Action<int> work, int? threads = null)
    {
        try
        {
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount }, work);
        }
        catch (AggregateException e) when (e.InnerException is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <summary>Does rows in blocks.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="block">Rows of a block.</param>
    /// <param name="work">Takes the first row of a block and the one after its last.</param>
    public static void Run(int rows, int block, Action<int, int> work) =>
        Run((rows + block - 1) / block, part => work(part * block, Math.Min(rows, (part + 1) * block)));
}
