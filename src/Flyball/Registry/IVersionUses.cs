using Flyball.Engine.Identity;

namespace Flyball.Registry;

/// <summary>Says who needs a version. Stages after the registry implement it, so that it refuses to retire or delete what they need.</summary>
public interface IVersionUses
{
    /// <summary>Each use in a few words, such as <c>it takes traffic as the champion</c>; empty when nobody needs it.</summary>
    IReadOnlyList<string> Of(string model, int version);

    /// <summary>Whom a version answered within a time up to now, each in a few words with the caller's name; empty when it answered nobody, or this stage does not know.</summary>
    /// <param name="withinMicros">In microseconds.</param>
    IReadOnlyList<string> Lately(string model, Digest digest, long withinMicros) => [];
}
