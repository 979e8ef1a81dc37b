namespace Flyball.Contracts.Quality;

/// <summary>The library metrics of the standard.</summary>
internal enum QualityMetric
{
    /// <summary>Rows in which the column is null.</summary>
    NullValues,

    /// <summary>Rows in which the column is null or holds a listed value that stands for nothing.</summary>
    MissingValues,

    /// <summary>Rows in which the column holds a value that is not listed, or does not match the pattern; null is not judged.</summary>
    InvalidValues,

    /// <summary>Rows that repeat an earlier row's value of the columns; a row with a null among them is not judged.</summary>
    DuplicateValues,

    /// <summary>Rows.</summary>
    RowCount,
}
