namespace Flyball.Storage.TestKit.Journals;

/// <summary>One step of a generated life of a journal.</summary>
public abstract record JournalStep
{
    /// <summary>Appends records of these payload sizes.</summary>
    public sealed record Append(int[] Sizes) : JournalStep;

    /// <summary>Appends one record under a key that other steps use too, for one of two requests.</summary>
    public sealed record Keyed(int Key, bool OtherRequest) : JournalStep;

    /// <summary>Closes the journal in order and opens it again.</summary>
    public sealed record Reopen : JournalStep;

    /// <summary>Goes on with what a kill would leave, behind it the given share of a frame that was being written.</summary>
    public sealed record Kill(int TornPercent) : JournalStep;
}
