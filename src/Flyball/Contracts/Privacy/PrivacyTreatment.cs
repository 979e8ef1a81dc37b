namespace Flyball.Contracts.Privacy;

/// <summary>What becomes of a field's values at the door, before anything is stored, counted or shown.</summary>
public enum PrivacyTreatment
{
    /// <summary>They are stored as they come.</summary>
    Keep,

    /// <summary>A token that only this installation can make stands for each; equal values have equal tokens, so keys and entities still meet.</summary>
    Tokenise,

    /// <summary>They are checked on arrival and never leave the reader: the row holds null.</summary>
    Drop,
}
