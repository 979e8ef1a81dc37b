namespace Flyball.Registry;

/// <summary>Says who needs a version. Stages after the registry implement it, so that it refuses to retire or delete what they need.</summary>
public interface IVersionUses
{
    /// <summary>Each use in a few words, such as <c>it takes traffic as the champion</c>; empty when nobody needs it.</summary>
    IReadOnlyList<string> Of(string model, int version);
}
