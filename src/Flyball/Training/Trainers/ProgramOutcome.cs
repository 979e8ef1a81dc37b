namespace Flyball.Training.Trainers;

/// <summary>How a training program ended that ended well.</summary>
/// <param name="Log">How it was shut in, what it printed (in part when that is long), and what it left running.</param>
/// <param name="LastWords">The last lines that it printed, for messages.</param>
internal sealed record ProgramOutcome(string Log, string LastWords);
