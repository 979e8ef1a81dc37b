namespace Flyball.Contracts.Rows;

/// <summary>A check that leaves a range of values, or of a text's lengths.</summary>
internal interface IRangeCheck : IFieldCheck
{
    /// <summary>What it leaves.</summary>
    ValueRange Range { get; }
}
