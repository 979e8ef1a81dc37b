using System.Diagnostics;
using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Training.Jobs;

namespace Flyball.Training;

/// <summary>
/// A training child process: its own memory limit and a lower priority, so that training can never take serving down.
/// It is ended when its caller gives up.
/// </summary>
public static class WorkerProcess
{
    /// <summary>Tells a worker to end when its standard input does.</summary>
    public const string LeashVariable = "FLYBALL_WORKER_LEASH";

    private const int KeptErrorLines = 20;

    /// <summary>Runs a worker to its end.</summary>
    /// <param name="onLine">Each line of the worker's standard output.</param>
    /// <exception cref="FlyballException">The worker could not be started, took too long, or failed: carries its last words.</exception>
    internal static async Task RunAsync(TrainingOptions options, string jobDirectory, string lakeDirectory, TimeProvider time, Action<string> onLine, CancellationToken cancellation)
    {
        if (options.WorkerCommand.Count == 0)
        {
            throw new FlyballException(new Problem("FLY3224", "No worker command is configured.", Remedy: "Set Training:WorkerCommand."));
        }

        var start = new ProcessStartInfo(options.WorkerCommand[0]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in options.WorkerCommand.Skip(1).Append(jobDirectory).Append(lakeDirectory))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = options.MemoryLimitBytes.ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcServer"] = "0";
        // A worker runs its loops once: profiling them first costs more than it gives.
        start.Environment["DOTNET_TieredPGO"] = "0";
        // What it writes must not depend on where the server stands: DuckDB takes the zone of a time that has one from here.
        start.Environment["TZ"] = "UTC";
        // A worker whose parent was killed must not go on in a folder that the next attempt takes over: it ends when this pipe does.
        start.Environment[LeashVariable] = "stdin";
        using var process = new Process { StartInfo = start };
        var errors = new Queue<string>();
        process.OutputDataReceived += (_, e) => Take(e.Data, onLine);
        process.ErrorDataReceived += (_, e) => Take(e.Data, line => Keep(errors, line));
        process.Start();
        TryLowerPriority(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(options.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            throw new FlyballException(new Problem("FLY3225", $"Training took longer than {options.Timeout}.", Remedy: "Raise Training:Timeout or train on less."));
        }

        if (process.ExitCode != 0)
        {
            string words;
            lock (errors)
            {
                words = string.Join('\n', errors);
            }

            throw new FlyballException(JobProblem.Read(jobDirectory) ?? new Problem("FLY3226", $"Training failed: {(words.Length == 0 ? $"exit code {process.ExitCode}" : words)}"));
        }
    }

    private static void Take(string? line, Action<string> take)
    {
        if (line is not null)
        {
            take(line);
        }
    }

    private static void Keep(Queue<string> errors, string line)
    {
        lock (errors)
        {
            errors.Enqueue(line);
            if (errors.Count > KeptErrorLines)
            {
                errors.Dequeue();
            }
        }
    }

    private static void TryLowerPriority(Process process)
    {
        try
        {
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }
}
