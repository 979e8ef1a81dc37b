using Flyball.Engine.Problems;
using Flyball.Native.DuckDb;
using Flyball.Native.Loading;
using Flyball.Native.Posix;
using Flyball.Native.XGBoost;
using Flyball.Server.Hosting;
using Flyball.Training;
using Flyball.Training.History;
using Flyball.Training.Jobs;

namespace Flyball.Server.Cli;

/// <summary>The hidden command behind the child process of a training run or a history: steps as JSON lines on standard output, the reason of a failure on standard error.</summary>
internal static class TrainWorkerCommand
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    public static int Run(string jobDirectory, string lakeDirectory)
    {
        if (Environment.GetEnvironmentVariable(WorkerProcess.LeashVariable) is not null)
        {
            new Thread(EndWithTheParent) { IsBackground = true, Name = "leash" }.Start();
        }

        // What a training program leaves behind becomes this process's child, and is ended with it.
        ProcessTree.Adopt();
        try
        {
            if (HistoryJob.IsIn(jobDirectory))
            {
                new HistoryWorker(jobDirectory, lakeDirectory, TimeProvider.System, Console.Out.WriteLine).Run();
                return ExitCodes.Good;
            }

            new TrainingWorker(jobDirectory, lakeDirectory, TimeProvider.System, Console.Out.WriteLine) { Confiner = WorkerCommand.ConfinerOfThisProgram() }.Run();
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

    /// <summary>Nobody writes to this pipe: it ends when the parent does, killed or not.</summary>
    private static void EndWithTheParent()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        _ = ProcessTree.End(Environment.ProcessId, new HashSet<int>(), LongestEnd);
        Environment.Exit(ExitCodes.Failed);
    }
}
