using System.Diagnostics;
using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;

namespace Flyball.Training.Trainers;

/// <summary>
/// Runs a program under limits.
/// <list type="number">
/// <item>It leads a session of its own (<c>setsid</c>), with the system's limits on memory, processor time, file sizes and core dumps (<c>prlimit</c>).</item>
/// <item>Ten times a second the time, what it has printed and its processes are looked at; one limit too many ends the whole group at once.</item>
/// <item>Whatever is left of the group when it ends, is ended too. The first and the last of what it printed are kept.</item>
/// </list>
/// It has no environment but its folder, a path and its seed. It is not shut in: it may read what its user may read, write outside its folder, and use the network.
/// </summary>
internal sealed class TrainingProgram(CommandDefinition command, int seed)
{
    private const int PollMillis = 100;
    private const int ShownLines = 20;

    /// <returns>What it printed, in part when that is long.</returns>
    /// <exception cref="FlyballException">FLY3237: it could not be started, broke a limit, or failed; with its last words.</exception>
    public string Run(string folder)
    {
        using var process = new Process { StartInfo = Start(folder) };
        var printed = new PrintedLog(command.Limits.OutputBytes);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new FlyballException(new Problem("FLY3237", $"The training program cannot be started: {e.Message}.", Remedy: "The commands setsid and prlimit of util-linux must be there."));
        }

        process.StandardInput.Close();
        Task[] reading = [printed.TakeAsync(process.StandardOutput.BaseStream), printed.TakeAsync(process.StandardError.BaseStream)];
        var broken = Watch(process, printed);
        ProcessGroup.Kill(process.Id);
        process.WaitForExit();

        // A process that left the group may hold the pipes open: it is not waited for.
        Task.WaitAll(reading, TimeSpan.FromSeconds(2));
        var reason = broken ?? (process.ExitCode == 0 ? null : Ended(process.ExitCode));
        return reason is null
            ? printed.Text
            : throw new FlyballException(new Problem("FLY3237", $"The training program {reason}. {LastWords(printed.Text)}", Remedy: "Mend the program, or raise its limits under trainer: limits."));
    }

    private ProcessStartInfo Start(string folder)
    {
        var limits = command.Limits;
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] arguments =
        [
            "prlimit",
            Limit("as", limits.MemoryBytes),
            // The soft limit says so; the hard one, a second later, cannot be ignored.
            string.Create(CultureInfo.InvariantCulture, $"--cpu={limits.CpuSeconds}:{limits.CpuSeconds + 1}"),
            Limit("fsize", limits.OutputBytes),
            Limit("nproc", SystemLoad.Threads() + limits.Processes),
            "--core=0",
            "--",
            .. command.Run,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var path = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        start.Environment.Clear();
        foreach (var (name, value) in ((string, string)[])
        [
            ("PATH", path), ("HOME", folder), ("TMPDIR", folder), ("LANG", "C.UTF-8"), ("TZ", "UTC"), ("PYTHONHASHSEED", "0"), ("PYTHONDONTWRITEBYTECODE", "1"),
            ("OMP_NUM_THREADS", "1"), ("OPENBLAS_NUM_THREADS", "1"), ("MKL_NUM_THREADS", "1"), ("FLYBALL_SEED", seed.ToString(CultureInfo.InvariantCulture)),
        ])
        {
            start.Environment[name] = value;
        }

        return start;

        static string Limit(string name, long value) => string.Create(CultureInfo.InvariantCulture, $"--{name}={value}");
    }

    /// <summary>Which limit it broke; null when it ended by itself.</summary>
    private string? Watch(Process process, PrintedLog printed)
    {
        var (limits, started) = (command.Limits, TimeProvider.System.GetTimestamp());
        while (!process.WaitForExit(PollMillis))
        {
            if (TimeProvider.System.GetElapsedTime(started).TotalSeconds > limits.WallSeconds)
            {
                return string.Create(CultureInfo.InvariantCulture, $"took longer than {limits.WallSeconds} s and was ended");
            }

            if (printed.IsFull)
            {
                return string.Create(CultureInfo.InvariantCulture, $"printed more than {limits.OutputBytes} bytes and was ended");
            }

            if (SystemLoad.ProcessesOf(process.Id) is var many && many > limits.Processes)
            {
                return string.Create(CultureInfo.InvariantCulture, $"had {many} processes, more than {limits.Processes}, and was ended");
            }
        }

        return printed.IsFull ? string.Create(CultureInfo.InvariantCulture, $"printed more than {limits.OutputBytes} bytes") : null;
    }

    private static string Ended(int code) => code switch
    {
        137 => "was ended from outside, most likely for want of memory",
        152 => "used all its processor time",
        153 => "wrote a file beyond its limit",
        > 128 => string.Create(CultureInfo.InvariantCulture, $"ended by signal {code - 128}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"ended with code {code}"),
    };

    private static string LastWords(string log)
    {
        var lines = log.TrimEnd().Split('\n').TakeLast(ShownLines).ToList();
        return lines is [""] ? "It printed nothing." : $"Its last words:\n{string.Join('\n', lines)}";
    }
}
