using System.Diagnostics;
using System.Globalization;

namespace Flyball.Training.Trainers;

/// <summary>How a training program is started: leading a session, shut in where that is possible, under the system's limits, with an environment of its own.</summary>
internal sealed class ProgramLaunch(CommandDefinition command, int seed, TrainerPlace place)
{
    /// <param name="folder">The program's own.</param>
    /// <param name="note">A file outside the folder, for what the program may reach.</param>
    public ProcessStartInfo Start(string folder, string note)
    {
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var environment = EnvironmentOf(folder);
        if (place.Confiner.Count == 0)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            Add(start, [PrLimit, .. Limits()]);
            return start;
        }

        new ConfinedProgram
        {
            Path = ProgramFiles.FindProgram(PrLimit) ?? $"/usr/bin/{PrLimit}",
            Arguments = [PrLimit, .. Limits()],
            Environment = environment,
            Folder = folder,
            Hidden = place.HiddenDirectory,
            Readable = [.. ProgramFiles.Of(command.Run).Select(f => f.Path)],
            Network = command.Network,
            Landlock = place.Landlock > 0,
        }.Write(note);

        // It is the runtime for a moment only: what that leaves behind for debuggers would stay.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        Add(start, [.. place.Confiner, note]);
        return start;
    }

    private const string PrLimit = "prlimit";

    private string[] Limits()
    {
        var limits = command.Limits;
        return
        [
            Limit("as", limits.MemoryBytes),
            // The soft limit says so; the hard one, a second later, cannot be ignored.
            string.Create(CultureInfo.InvariantCulture, $"--cpu={limits.CpuSeconds}:{limits.CpuSeconds + 1}"),
            Limit("fsize", limits.OutputBytes),
            Limit("nproc", SystemLoad.Threads() + limits.Processes),
            "--core=0",
            "--",
            // What was hashed, by its full path: another directory of PATH cannot come before it.
            ProgramFiles.FindProgram(command.Run[0]) ?? command.Run[0],
            .. command.Run.Skip(1),
        ];

        static string Limit(string name, long value) => string.Create(CultureInfo.InvariantCulture, $"--{name}={value}");
    }

    private Dictionary<string, string> EnvironmentOf(string folder) => new(StringComparer.Ordinal)
    {
        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? TrainingProgram.UsualPath,
        ["HOME"] = folder,
        ["TMPDIR"] = folder,
        ["LANG"] = "C.UTF-8",
        ["TZ"] = "UTC",
        ["PYTHONHASHSEED"] = "0",
        ["PYTHONDONTWRITEBYTECODE"] = "1",
        ["OMP_NUM_THREADS"] = "1",
        ["OPENBLAS_NUM_THREADS"] = "1",
        ["MKL_NUM_THREADS"] = "1",
        ["FLYBALL_SEED"] = seed.ToString(CultureInfo.InvariantCulture),
    };

    private static void Add(ProcessStartInfo start, string[] arguments)
    {
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
    }
}
