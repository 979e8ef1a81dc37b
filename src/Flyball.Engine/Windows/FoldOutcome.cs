namespace Flyball.Engine.Windows;

/// <summary>How an aggregate ended.</summary>
internal enum FoldOutcome : byte
{
    /// <summary>The window held no row that counts.</summary>
    NoRows,

    /// <summary>Rows, but no value entered.</summary>
    Empty,

    /// <summary>There is a value, which may be null: an overflow, a spread of one value.</summary>
    Folded,

    /// <summary>There is more than the aggregate may hold; its value is null.</summary>
    Capped,
}
