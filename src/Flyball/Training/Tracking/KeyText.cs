namespace Flyball.Training.Tracking;

/// <summary>A tag or a parameter: a text under a key.</summary>
public sealed record KeyText(string Key, string Value);
