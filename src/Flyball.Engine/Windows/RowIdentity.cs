namespace Flyball.Engine.Windows;

/// <summary>
/// Which fact a row is about. Of the rows of one key in one timeline, only the one that was known last counts, by (known at, seq), among those
/// that the question may know of; when that is a retraction, none does. The default has no key: such a row stands for itself.
/// </summary>
public readonly record struct RowIdentity
{
    private RowIdentity(UInt128 key, RowKind kind)
    {
        Key = key;
        Kind = kind;
        IsKeyed = true;
    }

    /// <summary>A row that nothing corrects or retracts.</summary>
    public static RowIdentity None => default;

    /// <summary>The primary key, or a hash of it wide enough that two keys never share one.</summary>
    public UInt128 Key { get; }

    public RowKind Kind { get; }

    public bool IsKeyed { get; }

    /// <summary>A row of a key: the first states the fact, each later one corrects it.</summary>
    public static RowIdentity Of(UInt128 key) => new(key, RowKind.Row);

    /// <summary>A tombstone.</summary>
    public static RowIdentity Retraction(UInt128 key) => new(key, RowKind.Retraction);
}
