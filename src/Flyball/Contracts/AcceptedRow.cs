using Flyball.Engine.Expressions;

namespace Flyball.Contracts;

/// <summary>A row that passed its contract, in stored form inside its batch's buffer.</summary>
internal struct AcceptedRow
{
    /// <summary>Position in the request, from 0.</summary>
    public required int Row { get; init; }

    public required int Offset { get; init; }

    public required int Length { get; init; }

    /// <summary>Null in a source that is timed by arrival.</summary>
    public required long? EventTimeMicros { get; init; }

    /// <summary>As a column of the file states it; null without such a column.</summary>
    public required long? KnownAtMicros { get; init; }

    /// <summary>Stands for the primary key; 0 in a source without one.</summary>
    public required UInt128 Key { get; init; }

    /// <summary>Stands for the stored form; 0 in a source without a key.</summary>
    public required uint Content { get; init; }

    /// <summary>Stands for the row's entities in a source that takes corrections; else 0.</summary>
    public required uint Entity { get; init; }

    /// <summary>For the subscribers; null when nobody listens to the source.</summary>
    public required Value[]? Values { get; init; }

    /// <summary>It breaks the contract, and satisfies the earlier version that is accepted beside it.</summary>
    public bool IsEarlier { get; init; }

    /// <summary>Where its other hashes begin in the batch, see <see cref="KeyedRows"/>.</summary>
    public int KeysAt { get; init; }

    public RowFate Fate { get; set; }

    /// <summary>For <see cref="RowFate.Taken"/>: which of the source's unique columns.</summary>
    public int Taken { get; set; }

    /// <summary>It becomes a row of the log.</summary>
    public readonly bool IsStored => Fate is RowFate.Fresh or RowFate.Correction;
}
