namespace Flyball.Contracts.Inference;

/// <summary>What a file says about the type of a value.</summary>
internal enum CellKind
{
    /// <summary>No value: an empty field, null, or a member that is not there.</summary>
    Absent,

    /// <summary>Nothing: a delimited file has texts only.</summary>
    Untyped,

    /// <summary>A text, which never becomes a number.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A list or an object.</summary>
    Nested,
}
