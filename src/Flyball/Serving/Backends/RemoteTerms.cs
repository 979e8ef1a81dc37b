namespace Flyball.Serving.Backends;

/// <summary>A model that another server runs, as the model file declares it.</summary>
/// <param name="Url">Where the server's <c>v2/</c> routes stand; http or https, without a query.</param>
/// <param name="Model">The model's name there.</param>
/// <param name="Version">Its version there; null for the one that the server chooses.</param>
/// <param name="TimeoutMicros">How long an answer may take, in microseconds.</param>
/// <param name="Input">Name of the one input, a tensor FP32 [rows, features].</param>
/// <param name="Output">Name of the output with the scores; null when there is only one.</param>
public sealed record RemoteTerms(Uri Url, string Model, string? Version, long TimeoutMicros, string Input, string? Output)
{
    /// <summary>How many requests wait for a remote model at once, at most.</summary>
    public const int MostWaiting = 64;

    /// <summary>Pieces of work that run at once when the file does not say: they wait, and use no processor.</summary>
    public const int UsualConcurrency = 16;

    /// <summary>The route of an inference; the declared parts cannot leave their place in it.</summary>
    internal Uri Target => new($"{Url.AbsoluteUri.TrimEnd('/')}/v2/models/{Uri.EscapeDataString(Model)}{(Version is null ? "" : $"/versions/{Uri.EscapeDataString(Version)}")}/infer");
}
