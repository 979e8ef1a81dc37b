namespace Flyball.Native.DuckDb;

/// <summary>One column of a result.</summary>
/// <param name="Name">As the query names it.</param>
/// <param name="Type">Of every value in the column.</param>
public sealed record DuckDbColumn(string Name, DuckDbType Type);
