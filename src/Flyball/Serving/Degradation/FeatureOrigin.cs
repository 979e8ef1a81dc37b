namespace Flyball.Serving.Degradation;

/// <summary>Where the looked up features of an answer came from.</summary>
public enum FeatureOrigin : byte
{
    /// <summary>From the features' state, at the request's instant.</summary>
    Live = 0,

    /// <summary>The state could not be read: what the same entities were answered with last, not older than declared.</summary>
    LastKnown = 1,

    /// <summary>The state could not be read: the declared values.</summary>
    Defaults = 2,
}
