namespace Flyball.Server.Demo;

/// <summary>How the story is played.</summary>
/// <param name="Project">The example's folder.</param>
/// <param name="Data">A fresh data directory.</param>
/// <param name="Files">Folder of real files; null simulates.</param>
/// <param name="Urls">Where the server listens.</param>
internal sealed record DemoOptions(string Project, string Data, string? Files, string Urls)
{
    public const string Model = "fraud";

    /// <summary>Days of history that are imported before anything is served.</summary>
    public const int HistoryDays = 100;

    /// <summary>From this day on the amounts of a group of terminals change.</summary>
    public const int DriftDay = 106;

    /// <summary>By what factor.</summary>
    public const decimal DriftFactor = 4m;

    /// <summary>The terminals of the group: two of the ten regions.</summary>
    public const int DriftBelowTerminal = 2_000;

    /// <summary>Predictions that are reproduced at the end.</summary>
    public const int Reproduced = 200;
}
