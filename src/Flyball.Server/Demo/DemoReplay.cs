using System.Text;
using System.Text.Json.Nodes;
using Flyball.Client;
using Flyball.Engine.Time;
using Flyball.Server.Simulation;

namespace Flyball.Server.Demo;

/// <summary>
/// Plays the days after the history as live traffic, in event-time order: each transaction asks for a prediction over HTTP; each quarter
/// of an hour the events that happened are appended and the outcomes that are due are reported; the server's clock follows.
/// </summary>
internal sealed class DemoReplay(DemoData data, FlyballClient client, ReplayClock clock)
{
    private const long Quarter = 15 * 60 * 1_000_000L;

    private int nextTransaction = data.Transactions.TakeWhile(t => t.EventTime < data.Day(DemoOptions.HistoryDays)).Count();
    private int nextReport = data.Reports.TakeWhile(r => r.EventTime < data.Day(DemoOptions.HistoryDays)).Count();

    /// <summary>Predictions that were answered.</summary>
    public long Served { get; private set; }

    /// <summary>Those of them that a version scored on live features: the others, by the rule when the machine was too slow, have nothing to be made again.</summary>
    public long Scored { get; private set; }

    /// <summary>Answers that were not made on the full rung.</summary>
    public long Degraded { get; private set; }

    /// <summary>Plays one day.</summary>
    /// <param name="eachHour">Called after every hour of the replayed day.</param>
    public async Task DayAsync(int day, Func<Task> eachHour, CancellationToken cancellation)
    {
        var end = data.Day(day + 1);
        var quarters = 0;
        for (var until = data.Day(day).Micros + Quarter; until <= end.Micros; until += Quarter)
        {
            await PlayAsync(new EventTime(until), day >= DemoOptions.DriftDay, cancellation);
            if (++quarters % 4 == 0)
            {
                await eachHour();
            }
        }
    }

    private async Task PlayAsync(EventTime until, bool drifted, CancellationToken cancellation)
    {
        var events = new StringBuilder();
        while (nextTransaction < data.Transactions.Count && data.Transactions[nextTransaction].EventTime < until)
        {
            var transaction = data.Transactions[nextTransaction++];
            var json = DemoData.Json(drifted ? Drift(transaction) : transaction);
            clock.MoveTo(transaction.EventTime);
            var answer = await client.PredictAsync(DemoOptions.Model, json, cancellation);
            Served++;
            Scored += answer.Rung is "full" or "champion" or "previous-version" ? 1 : 0;
            Degraded += answer.Rung == "full" ? 0 : 1;
            events.Append(json).Append('\n');
        }

        clock.MoveTo(until);
        if (events.Length > 0)
        {
            Require(await client.IngestAsync("transactions", events.ToString(), cancellation: cancellation), "transactions");
        }

        var outcomes = new StringBuilder();
        while (nextReport < data.Reports.Count && data.Reports[nextReport].EventTime < until)
        {
            outcomes.Append(DemoData.Json(data.Reports[nextReport++])).Append('\n');
        }

        if (outcomes.Length > 0)
        {
            Require(await client.OutcomesAsync(DemoOptions.Model, outcomes.ToString(), cancellation: cancellation), "outcomes");
        }
    }

    /// <summary>The drift of the story: a group of terminals begins to sell dearer things; what is fraud does not change with them.</summary>
    private static FraudTransaction Drift(FraudTransaction transaction) =>
        transaction.TerminalId < DemoOptions.DriftBelowTerminal ? transaction with { Amount = Math.Min(9_999m, transaction.Amount * DemoOptions.DriftFactor) } : transaction;

    private static void Require(JsonObject report, string what)
    {
        if (report["quarantined"]!.GetValue<long>() != 0)
        {
            throw new DemoFailedException($"Live {what} were quarantined: {report.ToJsonString()}");
        }
    }
}
