namespace Flyball.Training.Trainers;

/// <summary>Where a program that trains works, and what it is shut out from.</summary>
/// <param name="ProjectDirectory">The run's copy of the project's files.</param>
/// <param name="WorkDirectory">Each start of the program gets a folder of its own in it.</param>
public sealed record TrainerPlace(string ProjectDirectory, string WorkDirectory)
{
    /// <summary>A directory that the program must not read: that of Flyball itself. Null for none.</summary>
    public string? HiddenDirectory { get; init; }

    /// <summary>Program and leading arguments of the command that becomes a <see cref="ConfinedProgram"/>; empty starts programs unconfined.</summary>
    public IReadOnlyList<string> Confiner { get; init; } = [];

    /// <summary>The version of the kernel's Landlock; 0 for none.</summary>
    public int Landlock { get; init; } = Native.Posix.Landlock.Version;

    /// <summary>The files of the program that the run's id names, which must be the ones that run; null when it names none.</summary>
    public IReadOnlyList<ProgramFile>? Programs { get; init; }

    /// <summary>As a run's record says it: <c>none</c>, or <c>landlock-</c> and the version.</summary>
    internal string Confinement => IsConfined ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"landlock-{Landlock}") : "none";

    internal bool IsConfined => Confiner.Count > 0 && Landlock > 0;
}
