namespace Flyball.Engine.Expressions;

/// <summary>One column of a row: its name (dots allowed, case matters) and type.</summary>
public sealed record Field(string Name, ScalarType Type);
