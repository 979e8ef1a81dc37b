namespace Flyball.Contracts.Rows;

/// <summary>A value of a row that came with its type, not as text of a JSON object: from a tensor.</summary>
/// <param name="Column">Position of its field in the contract's schema; negative for a name that is none.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Bits">Of a flag 0 or 1, of a whole number itself, of a real one its bits.</param>
/// <param name="Text">Of a text its UTF-8, without anything to unescape.</param>
public readonly record struct TypedValue(int Column, TypedKind Kind, long Bits, ReadOnlyMemory<byte> Text);

/// <summary>What a typed value is.</summary>
public enum TypedKind
{
    /// <summary>Nothing.</summary>
    Null,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A whole number of 64 bits.</summary>
    Whole,

    /// <summary>A finite number of floating point.</summary>
    Real,

    /// <summary>Text: of a text field, or a time in the contract's form.</summary>
    Text,
}
