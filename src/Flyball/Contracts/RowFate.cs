namespace Flyball.Contracts;

/// <summary>What becomes of a row that passed its contract.</summary>
internal enum RowFate
{
    /// <summary>It is stored.</summary>
    Fresh,

    /// <summary>The same row is stored already.</summary>
    Duplicate,

    /// <summary>A row with its key and other content is stored already, or waits for a decision.</summary>
    Conflict,

    /// <summary>A row with its value of a unique column, and another key or content, is stored already.</summary>
    Taken,

    /// <summary>It is stored, and corrects the rows of its key.</summary>
    Correction,

    /// <summary>The rows of its key belong to another entity.</summary>
    Moved,

    /// <summary>It is to be taken back, and no row of its key is stored.</summary>
    Unknown,
}
