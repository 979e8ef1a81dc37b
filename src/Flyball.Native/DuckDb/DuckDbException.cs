namespace Flyball.Native.DuckDb;

/// <summary>DuckDB refused something; the message is DuckDB's own.</summary>
public sealed class DuckDbException(string message) : Exception(message);
