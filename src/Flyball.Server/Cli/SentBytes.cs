namespace Flyball.Server.Cli;

/// <summary>How much of a file was sent.</summary>
/// <param name="Read">Bytes of the file read so far, packed as they lie there.</param>
/// <param name="Of">All of them; null where that is not known, as of a pipe.</param>
internal readonly record struct SentBytes(long Read, long? Of)
{
    /// <summary>0 to 1; null where it is not known.</summary>
    public double? Share => Of is not { } all ? null : all == 0 ? 1 : Math.Min(1, (double)Read / all);
}
