namespace Flyball.Serving.Admission;

/// <summary>What goes first when there is more work than processors.</summary>
public enum Priority : byte
{
    /// <summary>Somebody waits for the answer.</summary>
    Live = 0,

    /// <summary>A copy of live traffic, whose answer nobody sees.</summary>
    Shadow = 1,

    /// <summary>Work that may be done at any time.</summary>
    Batch = 2,
}
