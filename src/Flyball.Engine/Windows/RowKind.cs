namespace Flyball.Engine.Windows;

/// <summary>What a row says about the fact that its key names.</summary>
public enum RowKind
{
    /// <summary>The fact, or, when a row of this key came before, its correction.</summary>
    Row,

    /// <summary>The fact never was. Its values are not looked at.</summary>
    Retraction,
}
