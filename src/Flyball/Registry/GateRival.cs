namespace Flyball.Registry;

/// <summary>The version that a gate compared with. What it found says nothing about any other.</summary>
/// <param name="Role"><c>champion</c> or <c>previous</c>, as it was when the gate was decided.</param>
/// <param name="Digest">Of that version's bundle; null when there was none and the gate had nothing to say.</param>
public sealed record GateRival(string Role, string? Digest);
