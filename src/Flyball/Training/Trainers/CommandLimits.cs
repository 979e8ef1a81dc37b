using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.Trainers;

/// <summary>What a training program may use.</summary>
/// <param name="MemoryBytes">Address space of each of its processes.</param>
/// <param name="CpuSeconds">Processor time of each of its processes.</param>
/// <param name="WallSeconds">Time by the clock, for all of them.</param>
/// <param name="OutputBytes">What it may print, and each file it may write.</param>
/// <param name="Processes">How many processes and threads it may have more than its user has already.</param>
public sealed record CommandLimits(long MemoryBytes, long CpuSeconds, long WallSeconds, long OutputBytes, long Processes)
{
    private static readonly CommandLimits Usual = new(4L << 30, 600, 900, 50L << 20, 64);

    internal static CommandLimits Read(YamlSection? section)
    {
        if (section is null)
        {
            return Usual;
        }

        var limits = new CommandLimits(
            Bytes(section, "memory", Usual.MemoryBytes),
            (section.Duration("cpu") ?? (Usual.CpuSeconds * 1_000_000)) / 1_000_000,
            (section.Duration("wall") ?? (Usual.WallSeconds * 1_000_000)) / 1_000_000,
            Bytes(section, "output", Usual.OutputBytes),
            section.Integer("processes") ?? Usual.Processes);
        section.Finish();
        if (limits is not { CpuSeconds: >= 1 and <= 604_800, WallSeconds: >= 1 and <= 604_800, Processes: >= 1 and <= 4096 })
        {
            section.Problems.Add(new Problem("FLY1291", "A limit of the program is out of range.", section.Where, "cpu and wall are a second to a week, processes 1 to 4096."));
        }

        return limits;
    }

    private static long Bytes(YamlSection section, string name, long usual)
    {
        if (section.Text(name) is not { } text)
        {
            return usual;
        }

        foreach (var (unit, factor) in ((string, long)[])[("TB", 1L << 40), ("GB", 1L << 30), ("MB", 1L << 20), ("KB", 1L << 10)])
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && long.TryParse(text.AsSpan(0, text.Length - 2).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 1 << 20)
            {
                return number * factor;
            }
        }

        section.Problems.Add(new Problem("FLY1291", $"{name} is no amount of bytes.", section.At(name), "Write it as 4GB or 50MB."));
        return usual;
    }
}
