using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>Whether an aggregate reads a value of each row.</summary>
internal enum ArgumentRule
{
    Required,

    Optional,

    None,
}

/// <summary>What an expression says beside the argument.</summary>
/// <param name="Constant">The constant behind the argument; null when none was given.</param>
/// <param name="IgnoresNulls">The clause of this name.</param>
/// <param name="WindowMicros">The length of the window.</param>
/// <param name="Conditioned">Whether a condition decides which rows count.</param>
internal readonly record struct FoldOptions(Value Constant, bool IgnoresNulls, long WindowMicros, bool Conditioned);

/// <summary>One aggregate of the language: what it accepts, and the fold that computes it.</summary>
internal abstract class Aggregate(string name)
{
    /// <summary>As expressions spell it.</summary>
    public string Name { get; } = name;

    /// <summary>What it accepts, for a message.</summary>
    public abstract string Accepts { get; }

    public virtual ArgumentRule Argument => ArgumentRule.Required;

    /// <summary>The constant it takes behind the argument, for a message; null when it takes none.</summary>
    public virtual string? Constant => null;

    /// <summary>Whether it can do without the constant.</summary>
    public virtual bool ConstantIsOptional => false;

    /// <summary>Whether it tells a null value from none, so that 'ignore_nulls' means something.</summary>
    public virtual bool SeesNulls => false;

    /// <summary>The window reaches up to the instant and includes it.</summary>
    public virtual bool IsClosed => false;

    /// <summary>Whether a given constant is one it takes.</summary>
    public virtual bool Takes(in Value constant) => false;

    /// <summary>The fold over rows, or null when it needs a value.</summary>
    public virtual AggregateFold? OfRows(FoldOptions options) => null;

    /// <summary>The fold over values of a type, or null when that type is not accepted.</summary>
    public virtual AggregateFold? Of(ScalarType type, FoldOptions options) => null;

    /// <summary>How values of a type are stored.</summary>
    protected static InputStorage StorageOf(ScalarType type) => type switch
    {
        ScalarType.Number => InputStorage.Numbers,
        ScalarType.Text => InputStorage.Texts,
        _ => InputStorage.Integers,
    };
}
