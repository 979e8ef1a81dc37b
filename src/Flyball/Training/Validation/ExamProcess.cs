using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;
using Flyball.Training.Trainers;

namespace Flyball.Training.Validation;

/// <summary>
/// Starts this program once more to examine a model file: shut in by Landlock where the kernel has it, with limits on memory, processor time, files
/// and the clock, without network and without this process's variables. Whatever it dies of refuses the file.
/// </summary>
internal sealed class ExamProcess(ExamOptions options, string? hidden)
{
    private const string PrLimit = "prlimit";
    private const int LongestLine = 64 << 10;
    private const long LargestFile = 1 << 20;
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    /// <summary>What the program must still find: the native libraries, and the runtime.</summary>
    private static readonly string[] Kept = ["FLYBALL_NATIVE", "DOTNET_ROOT", "LD_LIBRARY_PATH"];

    /// <summary>Examines a folder. Cost: two starts of the program, some hundred milliseconds.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; the process was ended.</exception>
    public Task<ModelVerdict> RunAsync(string folder, CancellationToken cancellation)
    {
        // The kernel ends the process with the thread that started it, and a thread of the pool ends when it has had nothing to do for a while.
        var made = new TaskCompletionSource<ModelVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            var examining = ExamineAsync(folder, cancellation);
            ((IAsyncResult)examining).AsyncWaitHandle.WaitOne();
            made.SetFromTask(examining);
        }) { IsBackground = true, Name = "flyball examination" }.Start();
        return made.Task;
    }

    private async Task<ModelVerdict> ExamineAsync(string folder, CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var process = new Process { StartInfo = Start(folder, $"{folder}.json") };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new ModelVerdict { Problem = new Problem("FLY3906", $"Models cannot be examined here: {e.Message}.", null, "The commands setsid and prlimit of util-linux must be there."), Lasts = false };
        }

        process.StandardInput.Close();
        var (said, died) = (new PrintedLog(LongestLine), new PrintedLog(LongestLine));
        Task[] reading = [said.TakeAsync(process.StandardOutput.BaseStream), died.TakeAsync(process.StandardError.BaseStream)];
        var ended = await EndsAsync(process, cancellation);

        // Who holds the pipes open now is not ours to end: it is not waited for.
        await Task.WhenAny(Task.WhenAll(reading), Task.Delay(LongestEnd, TimeProvider.System, CancellationToken.None));
        var verdict = !ended ? Refused(string.Create(CultureInfo.InvariantCulture, $"took longer than {options.Wall.TotalSeconds:0.#} s and was ended"), lasts: false)
            : process.ExitCode != 0 ? Refused(Ended(process.ExitCode), IsOwnFault(process.ExitCode))
            : Read(said.Text) ?? Refused("gave no verdict", lasts: false);
        return verdict with { Millis = (long)TimeProvider.System.GetElapsedTime(started).TotalMilliseconds };
    }

    /// <summary>Whether it ended by itself; nothing of it is left afterwards.</summary>
    private async Task<bool> EndsAsync(Process process, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.Wall, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await process.WaitForExitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            ProcessGroup.Kill(process.Id);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static ModelVerdict? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<ModelVerdict>(line, TrainingJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ModelVerdict Refused(string how, bool lasts) => new()
    {
        Problem = new Problem("FLY3903", $"The process that tried the model {how}: it is not loaded.", null, "Export the model again, or find out what makes the runtime fail; nothing that serves has loaded it."),
        Lasts = lasts,
    };

    /// <summary>A fault of memory or arithmetic, an abort, or all of its processor time: the same file would do it again. Other ends may be the machine's fault.</summary>
    private static bool IsOwnFault(int code) => code is 132 or 134 or 135 or 136 or 139 or 152;

    private static string Ended(int code) => code switch
    {
        134 => "was aborted, most likely for want of memory",
        137 => "was ended from outside or for using too much",
        139 => "crashed with a memory fault",
        152 => "used all its processor time",
        > 128 => string.Create(CultureInfo.InvariantCulture, $"was ended by signal {code - 128}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"failed with code {code}"),
    };

    private ProcessStartInfo Start(string folder, string note)
    {
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var environment = EnvironmentOf(folder);
        string[] command = [.. Limits(), ProgramFiles.FindProgram(options.Command[0]) ?? options.Command[0], .. options.Command.Skip(1), folder];
        if (options.Confiner.Count == 0)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            Add(start, [PrLimit, .. command]);
            return start;
        }

        new ConfinedProgram
        {
            Path = ProgramFiles.FindProgram(PrLimit) ?? $"/usr/bin/{PrLimit}",
            Arguments = [PrLimit, .. command],
            Environment = environment,
            Folder = folder,
            Hidden = hidden,
            Landlock = Landlock.Version > 0,
        }.Write(note);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        Add(start, [.. options.Confiner, note]);
        return start;
    }

    private string[] Limits() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"--as={options.MemoryBytes}"),
        string.Create(CultureInfo.InvariantCulture, $"--cpu={options.CpuSeconds}:{options.CpuSeconds + 1}"),
        string.Create(CultureInfo.InvariantCulture, $"--fsize={LargestFile}"),
        "--core=0",
        "--",
    ];

    private Dictionary<string, string> EnvironmentOf(string folder)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? TrainingProgram.UsualPath,
            ["HOME"] = folder,
            ["TMPDIR"] = folder,
            ["LANG"] = "C.UTF-8",
            ["TZ"] = "UTC",
            ["DOTNET_EnableDiagnostics"] = "0",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            ["DOTNET_TieredPGO"] = "0",

            // Code would be written through a file in memory of gigabytes, which the limit on files forbids.
            ["DOTNET_EnableWriteXorExecute"] = "0",

            // Without a limit the collector reserves hundreds of gigabytes of addresses, which the limit on those forbids.
            ["DOTNET_GCHeapHardLimit"] = options.HeapBytes.ToString("x", CultureInfo.InvariantCulture),
        };
        foreach (var name in Kept)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        return environment;
    }

    private static void Add(ProcessStartInfo start, string[] arguments)
    {
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
    }
}
