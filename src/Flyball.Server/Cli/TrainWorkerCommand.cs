using Flyball.Engine.Problems;
using Flyball.Native.DuckDb;
using Flyball.Native.Loading;
using Flyball.Native.XGBoost;
using Flyball.Training.History;
using Flyball.Training.Jobs;

namespace Flyball.Server.Cli;

/// <summary>The hidden command behind the child process of a training run or a history: steps as JSON lines on standard output, the reason of a failure on standard error.</summary>
internal static class TrainWorkerCommand
{
    public static int Run(string jobDirectory, string lakeDirectory)
    {
        try
        {
            if (HistoryJob.IsIn(jobDirectory))
            {
                new HistoryWorker(jobDirectory, lakeDirectory, TimeProvider.System, Console.Out.WriteLine).Run();
                return ExitCodes.Good;
            }

            new TrainingWorker(jobDirectory, lakeDirectory, TimeProvider.System, Console.Out.WriteLine).Run();
            return ExitCodes.Good;
        }
        catch (FlyballException e)
        {
            Console.Error.WriteLine(e.Problem.ToString());
        }
        catch (Exception e) when (e is NativeLibraryException or XGBoostException or DuckDbException or IOException or OutOfMemoryException)
        {
            Console.Error.WriteLine(e.Message);
        }

        return ExitCodes.Failed;
    }
}
