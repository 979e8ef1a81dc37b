using System.Runtime.InteropServices;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Storage.Journals;

namespace Flyball.Contracts;

/// <summary>
/// A batch on its way through the journal with the values it was read to, so that its rows need not be read again when they are durable.
/// What the subscribers get is bit for bit what a replay of the log would give them.
/// </summary>
/// <param name="State">The batch's source.</param>
/// <param name="Batch">Unchanged until its sender has its answer, which comes after <see cref="Apply"/>.</param>
/// <param name="KnownAt">Where known-at comes from.</param>
/// <param name="Aside">Rows put aside.</param>
/// <param name="IsPlain">Its entries are its fresh rows and those put aside, and nothing else: <see cref="Apply"/> takes them over.</param>
/// <param name="IsWatched">Its rows belong in the window of its source.</param>
internal sealed record SentBatch(SourceState State, RowBatch Batch, KnownAtPolicy KnownAt, int Aside, bool IsPlain, bool IsWatched)
{
    /// <summary>What a row's entry in the journal states; null leaves it to the journal.</summary>
    public static KnownAt? Stated(in AcceptedRow row, KnownAtPolicy policy) =>
        (policy.IsEventTime ? row.EventTimeMicros : row.KnownAtMicros) is { } micros ? new KnownAt(micros) : null;

    /// <summary>Takes the durable rows over: their keys, the subscribers, the quarantine. Its entries are the fresh rows, then those put aside.</summary>
    public void Apply(DurableBatch durable)
    {
        var subscribers = State.Subscribers;
        var rows = CollectionsMarshal.AsSpan(Batch.Accepted);
        if (State.Columns.HasPrimary || State.Columns.Width > 0)
        {
            State.Keys.AddDurable(Batch.Keyed);
        }

        var seq = durable.First.Seq;
        foreach (ref readonly var row in rows)
        {
            if (!row.IsStored)
            {
                continue;
            }

            var known = Stated(row, KnownAt) ?? durable.Assigned;
            State.Activity.Add(row.EventTimeMicros ?? known.Micros, known.Micros, seq);
            if (row.Values is { } values)
            {
                var stamp = new RowStamp(row.EventTimeMicros is { } at ? new EventTime(at) : new EventTime(known.Micros), known, seq);
                var given = new EventRow(State.Plan, stamp, values, State.Plan.IdentityOf(values, isRetraction: false));
                for (var i = 0; i < subscribers.Count; i++)
                {
                    subscribers[i](given);
                }
            }

            seq++;
        }

        for (var end = seq + Aside; seq < end; seq++)
        {
            State.Quarantine.Add(seq);
        }
    }

    /// <summary>Gives the fresh rows to the window, in the order of the log.</summary>
    public void Watch(DurableBatch durable)
    {
        if (!IsWatched)
        {
            return;
        }

        foreach (ref readonly var row in CollectionsMarshal.AsSpan(Batch.Accepted))
        {
            if (row is { IsStored: true, Values: { } values })
            {
                State.Watch(values, Batch.StoredForm(row).Span, durable.Assigned.Micros);
            }
        }
    }
}
