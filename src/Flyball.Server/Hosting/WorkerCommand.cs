namespace Flyball.Server.Hosting;

/// <summary>How this program starts itself as a training worker.</summary>
internal static class WorkerCommand
{
    /// <summary>The hidden command of the command line.</summary>
    public const string Name = "train-worker";

    public static IReadOnlyList<string> OfThisProgram()
    {
        var assembly = typeof(WorkerCommand).Assembly.Location;
        var host = Environment.ProcessPath;
        return host is not null && Path.GetFileNameWithoutExtension(host) == Path.GetFileNameWithoutExtension(assembly)
            ? [host, Name]
            : ["dotnet", assembly, Name];
    }
}
