using System.Diagnostics;
using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;

namespace Flyball.Training.Trainers;

/// <summary>
/// Runs a program under limits.
/// <list type="number">
/// <item>It leads a session of its own (<c>setsid</c>), shut in (<see cref="ConfinedProgram"/>), with the system's limits on memory, processor time, file sizes and core dumps (<c>prlimit</c>).</item>
/// <item>Ten times a second the time, what it has printed, its folder and its processes are looked at; one limit too many ends them all.</item>
/// <item>Whatever it leaves running when it ends, is ended too, wherever it went. The first and the last of what it printed are kept.</item>
/// </list>
/// It has no environment but its folder, a path and its seed.
/// </summary>
internal sealed class TrainingProgram(CommandDefinition command, int seed, TrainerPlace place)
{
    public const string UsualPath = "/usr/local/bin:/usr/bin:/bin";

    private const int PollMillis = 100;
    private const int ShownLines = 20;
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    /// <exception cref="FlyballException">
    /// FLY3395: its files changed. FLY3396: it cannot be shut in as the model file asks. FLY3397: its folder holds too much.
    /// FLY3237: it could not be started, broke a limit, or failed; with its last words.
    /// </exception>
    public ProgramOutcome Run(string folder)
    {
        RequireConfinement();
        if (place.Programs is { } named)
        {
            ProgramFiles.Require(named, command.Run);
        }

        var spared = ProcessTree.Below(Environment.ProcessId);
        var printed = new PrintedLog(command.Limits.OutputBytes);
        using var process = new Process { StartInfo = new ProgramLaunch(command, seed, place).Start(folder, $"{folder}.json") };
        var given = FolderUse.Of(folder, long.MaxValue).Bytes;
        Begin(process);
        Task[] reading = [printed.TakeAsync(process.StandardOutput.BaseStream), printed.TakeAsync(process.StandardError.BaseStream)];
        var broken = Watch(process, new Watched(printed, folder, given, spared));
        ProcessGroup.Kill(process.Id);
        process.WaitForExit();
        var left = ProcessTree.Adopts ? ProcessTree.End(Environment.ProcessId, spared, LongestEnd) : (Ended: 0, IsEmpty: true);

        // Who holds the pipes open now is not ours to end: it is not waited for.
        Task.WaitAll(reading, TimeSpan.FromSeconds(2));
        var words = LastWords(printed.Text);
        if ((broken ?? Broken(new Watched(printed, folder, given, spared)) ?? (left.IsEmpty ? null : Stopped("left processes that cannot be ended")) ?? (process.ExitCode == 0 ? null : Stopped(Ended(process.ExitCode)))) is { } problem)
        {
            throw new FlyballException(problem with { Message = $"{problem.Message} {words}" });
        }

        if (place.Programs is { } still)
        {
            ProgramFiles.Require(still, command.Run);
        }

        return new ProgramOutcome(Log(printed.Text, left.Ended), words);
    }

    /// <summary>The file may ask for all that it says, or for nothing to run at all.</summary>
    private void RequireConfinement()
    {
        var least = command.Network ? 3 : 4;
        if (command.RequiresConfinement && (!place.IsConfined || place.Landlock < least))
        {
            throw new FlyballException(new Problem(
                "FLY3396",
                string.Create(CultureInfo.InvariantCulture, $"The training program must be shut in, and Landlock here is {place.Confinement}; version {least} is needed."),
                Remedy: "Train on a kernel with Landlock (Linux 6.7 or later, lsm=landlock), or leave confine out."));
        }
    }

    private string Log(string printed, int left)
    {
        var confinement = place.IsConfined
            ? $"confinement: {place.Confinement}, TCP {(command.Network ? "allowed" : place.Landlock >= 4 ? "refused" : "not confined")}"
            : "confinement: none, the kernel has no Landlock or none is used: the program could write wherever its user can";
        var survivors = left == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"\nthe program left {left} processes running, which were ended");
        return $"{confinement}\n{printed.TrimEnd('\n')}{survivors}\n";
    }

    private static void Begin(Process process)
    {
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new FlyballException(new Problem("FLY3237", $"The training program cannot be started: {e.Message}.", Remedy: "The commands setsid and prlimit of util-linux must be there."));
        }

        process.StandardInput.Close();
    }

    /// <summary>Which limit it broke; null when it ended by itself.</summary>
    private Problem? Watch(Process process, Watched watched)
    {
        var (limits, started) = (command.Limits, TimeProvider.System.GetTimestamp());
        while (!process.WaitForExit(PollMillis))
        {
            if (TimeProvider.System.GetElapsedTime(started).TotalSeconds > limits.WallSeconds)
            {
                return Stopped(string.Create(CultureInfo.InvariantCulture, $"took longer than {limits.WallSeconds} s and was ended"));
            }

            if (Broken(watched) is { } broken)
            {
                return broken;
            }

            var many = ProcessTree.Adopts ? ProcessTree.Below(Environment.ProcessId).Count(p => !watched.Spared.Contains(p)) : SystemLoad.ProcessesOf(process.Id);
            if (many > limits.Processes)
            {
                return Stopped(string.Create(CultureInfo.InvariantCulture, $"had {many} processes, more than {limits.Processes}, and was ended"));
            }
        }

        return null;
    }

    private Problem? Broken(Watched watched)
    {
        var (most, given) = (command.Limits.OutputBytes, watched.Given);
        if (watched.Printed.IsFull)
        {
            return Stopped(string.Create(CultureInfo.InvariantCulture, $"printed more than {most} bytes and was ended"));
        }

        var use = FolderUse.Of(watched.Folder, given + most);
        return use.Obstacle is null && use.Bytes <= given + most ? null : new Problem(
            "FLY3397",
            use.Obstacle is { } obstacle
                ? $"The folder of the training program {obstacle}."
                : string.Create(CultureInfo.InvariantCulture, $"The training program left {use.Bytes - given} bytes or more in its folder, and {most} are allowed."),
            Remedy: "Write less, or raise output under trainer: limits.");
    }

    private static Problem Stopped(string reason) => new("FLY3237", $"The training program {reason}.", Remedy: "Mend the program, or raise its limits under trainer: limits.");

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

    /// <param name="Printed">What it has printed so far.</param>
    /// <param name="Folder">Its own.</param>
    /// <param name="Given">What the folder held before it was started.</param>
    /// <param name="Spared">Processes that are none of its own.</param>
    private readonly record struct Watched(PrintedLog Printed, string Folder, long Given, IReadOnlySet<int> Spared);
}
