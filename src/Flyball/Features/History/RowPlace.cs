namespace Flyball.Features.History;

/// <summary>Where a row begins.</summary>
internal readonly record struct RowPlace(int Block, int Offset);
