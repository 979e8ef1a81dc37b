namespace Flyball.Training.Tracking.Search;

/// <summary>What a piece of a filter's text is.</summary>
internal enum SearchTokenKind
{
    /// <summary>A bare word, with the dots in it.</summary>
    Word,

    /// <summary>A word and a quoted key after its dot, or a key in backticks.</summary>
    Name,

    /// <summary>A text in quotes.</summary>
    Text,
    Number,

    /// <summary>A comparison sign.</summary>
    Sign,
    Open,
    Close,
    Comma,
    End,
}

/// <summary>A piece of a filter's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Without quotes.</param>
/// <param name="At">Its first character, from 1.</param>
/// <param name="Entity">The word before the dot of a quoted key.</param>
internal readonly record struct SearchToken(SearchTokenKind Kind, string Text, int At, string? Entity = null);
