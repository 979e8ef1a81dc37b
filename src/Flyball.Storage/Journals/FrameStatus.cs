namespace Flyball.Storage.Journals;

internal enum FrameStatus
{
    /// <summary>An intact frame.</summary>
    Good,

    /// <summary>The file ends exactly here.</summary>
    End,

    /// <summary>What stands here is no intact frame.</summary>
    Bad,
}
