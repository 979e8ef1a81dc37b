namespace Flyball.Server.Cli;

/// <summary>What the command line answers a shell.</summary>
internal static class ExitCodes
{
    public const int Good = 0;

    /// <summary>A check or gate failed.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or input.</summary>
    public const int Usage = 2;
}
