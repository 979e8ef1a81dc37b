using System.Globalization;
using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Serving.Admission;
using Flyball.Storage.Journals;
using Flyball.Workspaces;

namespace Flyball.Serving.Streams;

/// <summary>
/// Makes predictions of the events of one source.
/// <list type="number">
/// <item>Events behind the stream's position are read from the event log, and predicted one by one with the features as of their own positions: who does it
/// again later gets the same.</item>
/// <item>What came of some events is appended to the output, all or none, each record with its event's position: the output is the position. A crash before
/// leaves no trace, one after it leaves nothing to do.</item>
/// <item>Then the predictions go into the prediction log under the name of that append. Only the last one can be missing there after a crash; it is made up
/// for before anything else.</item>
/// </list>
/// Not thread-safe.
/// </summary>
internal sealed class StreamPump(OutputStream stream, StreamJournal journal, EventLog events, Workspace workspace, PredictionDesk desk)
{
    /// <summary>The most events that become one append.</summary>
    private const int Most = 256;

    /// <summary>How long an event is tried again that nothing can answer: a version that fails may be mended or rolled back.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Events behind one that fails which are looked at, to tell what is wrong with it from what is wrong with its version.</summary>
    private const int MostProbed = 32;

    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(1);

    private (long First, IReadOnlyList<PredictionRecord> Records)? unlogged;
    private (long Seq, long Since) tried;

    /// <summary>The version that answered last: one that answers others, and would say the same of this event at any time, is not waited for.</summary>
    private Digest? answers;
    private long? probed;
    private bool begun;

    /// <summary>Predicts what waits, until nothing does or there is no room.</summary>
    /// <returns>How many events were dealt with.</returns>
    public async Task<int> PumpAsync(CancellationToken cancellation)
    {
        if (!begun)
        {
            await BeginAsync(cancellation);
        }

        var done = 0;
        while (await LogAsync(cancellation) && desk.PlanFor(stream.Model) is { } plan && await StepAsync(plan, cancellation) is > 0 and var some)
        {
            done += some;
        }

        return done;
    }

    /// <summary>Finds where the stream stands; a new one begins behind the events that are there.</summary>
    private async Task BeginAsync(CancellationToken cancellation)
    {
        var last = new List<(long Seq, StreamEntry Entry)>();
        foreach (var (_, seq, entry) in journal.After(default, stream.Output))
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry.At == 0)
            {
                last.Clear();
            }

            last.Add((seq, entry));
        }

        if (last.Count == 0)
        {
            var now = events.Applied.Seq;
            await journal.AppendAsync(stream.Output, [new StreamEntry(now, 0, default, default)], cancellation);
            stream.MoveTo(now);
        }
        else
        {
            stream.MoveTo(last[^1].Entry.Input);
            unlogged = (last[0].Seq, [.. last.Where(e => !e.Entry.Record.IsEmpty).Select(e => PredictionCodec.Decode(e.Entry.Record.Span))]);
        }

        begun = true;
    }

    /// <summary>Brings the prediction log to where the output is; false when it takes nothing now.</summary>
    private async Task<bool> LogAsync(CancellationToken cancellation)
    {
        if (unlogged is { Records.Count: > 0 } waiting)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"stream {stream.Output} {waiting.First}");
            if ((await desk.KeepOnceAsync(name, waiting.Records, cancellation)).Problem is not null)
            {
                return false;
            }
        }

        unlogged = null;
        return true;
    }

    /// <summary>One append; 0 when nothing waits, or the first of what waits finds no room.</summary>
    private async Task<int> StepAsync(TrafficPlan plan, CancellationToken cancellation)
    {
        var made = new List<StreamEntry>();
        var records = new List<PredictionRecord>();
        var (upTo, seen, isBusy) = (events.Applied, 0L, false);
        var name = EventLog.StreamOf(plan.Champion.Vector.Request.Source);
        foreach (var record in workspace.Events.Read(stream.Position, upTo))
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.Stream == name)
            {
                stream.NoteWaiting(record.KnownAt.Micros);
                if (await PredictAsync(plan, record, made.Count, records, cancellation) is not { } entry)
                {
                    isBusy = true;
                    break;
                }

                made.Add(entry);
            }

            seen = record.Seq;
            if (made.Count == Most)
            {
                break;
            }
        }

        if (made.Count > 0)
        {
            var first = await journal.AppendAsync(stream.Output, made, cancellation);
            unlogged = (first, records);
            stream.Count(records.Count, made.Count - records.Count);
        }

        // Events of other sources are passed over in memory only: passing over them again costs little.
        stream.MoveTo(Math.Max(seen, stream.Position.Seq));
        if (!isBusy && made.Count < Most)
        {
            stream.NoteWaiting(null);
        }

        return made.Count;
    }

    /// <summary>What becomes of an event; null when there is no room for it now.</summary>
    private async Task<StreamEntry?> PredictAsync(TrafficPlan plan, JournalRecord stored, int at, List<PredictionRecord> records, CancellationToken cancellation)
    {
        var contract = plan.Champion.Vector.Request;
        var row = new Value[contract.Schema.Fields.Count];
        if (!RowCodec.Of(contract).TryReadStored(stored.Payload.Span, row) || (!contract.IsTimedByArrival && row[contract.EventTimeIndex].IsNull))
        {
            return Entry(Unreadable);
        }

        var answer = await AskAsync(plan, stored, row, cancellation);
        if (answer.Problem is { } problem)
        {
            return problem.Code == "FLY5004" || (!(answer.IsLasting && await AnswersOthersAsync(plan, stored, cancellation)) && IsTriedAgain(stored.Seq)) ? null : Entry(problem);
        }

        var record = answer.Records[0];
        answers = record.Rung == Rung.Full ? record.Digest : answers;
        records.Add(record);
        return new StreamEntry(stored.Seq, at, StreamJson.Of(plan, row, record), PredictionCodec.Encode(record));

        StreamEntry Entry(Problem why) => new(stored.Seq, at, StreamJson.Of(plan, row, why), default);
    }

    private ValueTask<DeskAnswer> AskAsync(TrafficPlan plan, JournalRecord stored, Value[] row, CancellationToken cancellation)
    {
        var terms = new PredictionTerms(PredictionRoute.Stream, workspace.Time.GetTimestamp(), null, null, Priority.Batch)
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{stream.Output}-{stored.Seq}"),
            AsOf = new Horizon(stored.Seq),
        };
        return desk.PredictAsync(plan, new[] { RequestRow.Of(plan, row) }, terms, cancellation);
    }

    /// <summary>Whether the version answers other events: the last one, or one of those behind. Nothing is kept of what it says to them.</summary>
    private async Task<bool> AnswersOthersAsync(TrafficPlan plan, JournalRecord failed, CancellationToken cancellation)
    {
        if (answers == plan.Champion.Digest || (probed is { } last && workspace.Time.GetElapsedTime(last) < BetweenProbes))
        {
            return answers == plan.Champion.Digest;
        }

        probed = workspace.Time.GetTimestamp();
        var contract = plan.Champion.Vector.Request;
        foreach (var record in workspace.Events.Read(new Horizon(failed.Seq), events.Applied).Where(r => r.Stream == failed.Stream).Take(MostProbed))
        {
            var row = new Value[contract.Schema.Fields.Count];
            if (RowCodec.Of(contract).TryReadStored(record.Payload.Span, row) && (await AskAsync(plan, record, row, cancellation)).Records is [{ Rung: Rung.Full } other])
            {
                answers = other.Digest;
                break;
            }
        }

        return answers == plan.Champion.Digest;
    }

    private bool IsTriedAgain(long seq)
    {
        tried = tried.Seq == seq ? tried : (seq, workspace.Time.GetTimestamp());
        return workspace.Time.GetElapsedTime(tried.Since) < Patience;
    }

    private static Problem Unreadable { get; } = new("FLY5042", "The event was stored under an earlier contract, and is no request any more.");
}
