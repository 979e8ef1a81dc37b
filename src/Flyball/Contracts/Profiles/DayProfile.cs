using Flyball.Engine.Profiles;

namespace Flyball.Contracts.Profiles;

/// <summary>The profile of one source and day while it is open.</summary>
internal sealed class DayProfile(TableProfile table, long covers)
{
    public TableProfile Table { get; } = table;

    /// <summary>Every row of the day up to this position of the log is in it.</summary>
    public long Covers { get; set; } = covers;

    /// <summary>The position its file covers; 0 when there is none.</summary>
    public long Stored { get; set; } = covers;

    /// <summary>When it was last turned to, in turns.</summary>
    public long Turn { get; set; }

    public bool IsDirty => Covers > Stored;
}
