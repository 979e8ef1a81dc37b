using System.Text.Json;
using Flyball.Training.Trainers;

namespace Flyball.Server.Cli;

/// <summary>The hidden command that a training program begins as: it gives up what the program must not have, and becomes the program.</summary>
internal static class RunConfinedCommand
{
    /// <returns>Only when the program was not started: it never runs with more than it was given.</returns>
    public static int Run(string note)
    {
        try
        {
            ConfinedProgram.Read(note).Become();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            Console.Error.WriteLine($"The program was not started, for it could not be shut in: {e.Message}");
        }

        return ExitCodes.Failed;
    }
}
