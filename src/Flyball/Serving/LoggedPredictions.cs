using Flyball.Contracts;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Serving;

/// <summary>Reads the prediction log.</summary>
internal static class LoggedPredictions
{
    /// <summary>Predictions after a position and up to another, in the order of the log.</summary>
    public static IEnumerable<(long Seq, PredictionRecord Record)> Between(Journal journal, Horizon after, Horizon upTo, CancellationToken cancellation) =>
        Timed(journal, after, upTo, cancellation).Select(p => (p.Seq, p.Record));

    /// <summary>The same with the instants at which they were logged.</summary>
    public static IEnumerable<(long Seq, KnownAt At, PredictionRecord Record)> Timed(Journal journal, Horizon after, Horizon upTo, CancellationToken cancellation)
    {
        foreach (var record in journal.Read(after, upTo))
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.Stream == PredictionLog.Stream)
            {
                yield return (record.Seq, record.KnownAt, PredictionCodec.Decode(record.Payload.Span));
            }
        }
    }

    /// <summary>Predictions at positions, which rise.</summary>
    public static IEnumerable<PredictionRecord> At(Journal journal, IReadOnlyList<long> positions, CancellationToken cancellation)
    {
        foreach (var record in RecordsAt.Read(journal, positions))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return PredictionCodec.Decode(record.Payload.Span);
        }
    }
}
