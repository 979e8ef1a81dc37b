namespace Flyball.Features;

/// <summary>An entity's features could not be read in time: somebody holds them.</summary>
public sealed class FeaturesBusyException(string view) : Exception($"The features of {view} are held for longer than {OnlineFeatures.LongestWait.TotalMilliseconds} ms.")
{
    /// <summary>The view that was asked.</summary>
    public string View { get; } = view;
}
