namespace Flyball.Contracts.Inference;

/// <summary>A column as it is drafted.</summary>
internal sealed record ColumnDraft
{
    public required ColumnObservation Seen { get; init; }

    /// <summary>The name an expression can use; the file's own when it can be one.</summary>
    public required string Name { get; init; }

    /// <summary>The standard's name of the type.</summary>
    public required string LogicalType { get; init; }

    public required bool IsRequired { get; init; }

    /// <summary>Present values that the type does not hold: so few that the type was drafted all the same.</summary>
    public long Misfits { get; init; }

    /// <summary>The form of a date or time.</summary>
    public WrittenTime? Time { get; init; }

    /// <summary>The standard's <c>format</c>; null where the gate needs none.</summary>
    public string? TimeFormat { get; init; }

    public decimal? Minimum { get; init; }

    public decimal? Maximum { get; init; }

    /// <summary>How the bounds were found, in words.</summary>
    public string? RangeReason { get; init; }

    /// <summary>The only values there were, when they look like a closed list.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>A pattern that every value has, where it is certain.</summary>
    public string? Pattern { get; init; }

    /// <summary>Why the column is likely personal: nothing of its values is in the draft then.</summary>
    public string? Personal { get; init; }

    public bool IsKey { get; init; }

    public bool IsEventTime { get; init; }

    public IReadOnlyList<InferredFinding> Findings { get; init; } = [];
}
