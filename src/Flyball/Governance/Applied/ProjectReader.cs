namespace Flyball.Governance.Applied;

/// <summary>Reads a project folder. The host gives it, because it knows the sections of every stage.</summary>
public delegate ProjectReading ProjectReader(string directory);
