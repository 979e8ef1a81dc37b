using System.Globalization;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Crashes;

public sealed class KillTests(ITestOutputHelper output)
{
    private const int DeathsWhileStarting = 3;
    private const int RequestsTogether = 150;
    private const int RequestsOfOneKind = 5;

    /// <summary>Two data directories at a time: a start is mostly waiting.</summary>
    private const int Lanes = 2;

    /// <summary>FLYBALL_LONG=1 makes them ten times as many.</summary>
    private static int KillsOfLane => Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1" ? 250 : 25;

    [Fact]
    public async Task Whatever_was_acknowledged_is_there_once_after_every_kill()
    {
        var tallies = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(RunLaneAsync));

        var all = tallies.Aggregate((a, b) => a + b);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{all.Kills} kills under load and {Lanes * DeathsWhileStarting} during a start: {all.Events} events, {all.Acknowledged} requests acknowledged, {all.Unanswered} without an answer of which {all.StoredUnanswered} were stored, {all.Denied} denials"));
        // Else the kills fell beside what they are for.
        Assert.True(all.Acknowledged > all.Kills && all.Unanswered > all.Kills / 2, all.ToString());
    }

    private static async Task<Tally> RunLaneAsync(int lane)
    {
        using var folder = new TemporaryFolder();
        var project = ShopProject.Write(folder["project"]);
        var data = folder["data"];
        var draw = new Random(20260101 + lane);
        var tally = new Tally(0, 0, 0, 0, 0, 0);
        List<SentRequest> open = [];
        for (var kill = 0; kill < KillsOfLane; kill++)
        {
            if (kill % (KillsOfLane / DeathsWhileStarting) == 1)
            {
                await DieWhileStartingAsync(project, data, TimeSpan.FromMilliseconds(draw.Next(20, 700)));
            }

            await using var server = await FlyballServer.StartAsync(project, data);
            var stored = await ExpectEachOnceAsync(server, open, tally.Events);
            var load = new Load(server, (lane * KillsOfLane) + kill, tally.Events, draw.Next(1, 160));
            await load.RunAsync();
            open = load.Sent;
            tally += new Tally(1, load.NextId - tally.Events, open.Count(r => r.Acknowledged), open.Count(r => !r.Acknowledged), stored, load.Denied);
        }

        await using var last = await FlyballServer.StartAsync(project, data);
        tally = tally with { StoredUnanswered = tally.StoredUnanswered + await ExpectEachOnceAsync(last, open, tally.Events) };
        await ExpectCountsAsync(last, tally.Events);
        var audit = await last.GetAsync("/v1/audit/verify");
        Assert.True(audit["verified"]!.GetValue<bool>(), audit.ToJsonString());
        Assert.True(audit["entries"]!.GetValue<long>() >= tally.Denied, $"{tally.Denied} denials were answered, and the audit log has {audit["entries"]} entries");
        return tally;
    }

    /// <summary>Sends everything of the cycle before again: what was acknowledged is a duplicate, the rest was stored whole or not at all.</summary>
    /// <returns>How many of the unanswered requests had been stored.</returns>
    private static async Task<int> ExpectEachOnceAsync(FlyballServer server, List<SentRequest> sent, long ids)
    {
        foreach (var known in sent.Where(r => r.Acknowledged).Chunk(RequestsTogether))
        {
            var (status, report) = await server.PostAsync("/v1/events/payments", $"[{string.Join(',', known.Select(r => r.RowsText))}]");
            Assert.True(status == 200, report.ToJsonString());
            var rows = known.Sum(r => r.Rows);
            Assert.True(rows == report["duplicates"]!.GetValue<int>(), $"of {rows} acknowledged payments from {known[0].FirstId} on, {report["accepted"]} were lost");
        }

        foreach (var keyed in sent.Where(r => r is { Acknowledged: true, Key: not null }).Take(RequestsOfOneKind))
        {
            var (status, remembered) = await Load.PostAsync(server, keyed);
            Assert.True(status == 200 && remembered["accepted"]!.GetValue<int>() == keyed.Rows, $"the idempotency key {keyed.Key} was forgotten: {remembered.ToJsonString()}");
        }

        var stored = 0;
        foreach (var unanswered in sent.Where(r => !r.Acknowledged))
        {
            // A key would be answered from its memory: here the rows themselves are asked for.
            var (status, report) = await Load.PostAsync(server, unanswered with { Key = null });
            Assert.True(status == 200, report.ToJsonString());
            var (accepted, duplicates) = (report["accepted"]!.GetValue<int>(), report["duplicates"]!.GetValue<int>());
            Assert.Equal(unanswered.Rows, accepted + duplicates);
            Assert.True(accepted == 0 || duplicates == 0, $"a batch was torn: {duplicates} of {unanswered.Rows} payments from {unanswered.FirstId} on");
            stored += duplicates > 0 ? 1 : 0;
        }

        // Every id has been stored by now, and nothing else takes a position in this log.
        Assert.Equal(ids, await server.HorizonAsync());
        return stored;
    }

    private static async Task ExpectCountsAsync(FlyballServer server, long ids)
    {
        Assert.Equal(0, (await server.GetAsync("/v1/quarantine/payments"))["total"]!.GetValue<long>());
        long counted = 0;
        for (var customer = 0; customer < SentRequest.Customers; customer++)
        {
            var values = (await server.GetAsync($"/v1/features/activity/{customer}"))["values"]!;
            counted += values["count_30d"]!.GetValue<long>();
        }

        Assert.Equal(ids, counted);
    }

    private static async Task DieWhileStartingAsync(string project, string data, TimeSpan after)
    {
        await using var server = FlyballServer.Begin(project, data);
        Assert.False(await server.EndsWithinAsync(after), $"it did not start: {server.Errors}");
        await server.KillAsync();
    }

    private sealed record Tally(int Kills, long Events, int Acknowledged, int Unanswered, int StoredUnanswered, int Denied)
    {
        public static Tally operator +(Tally a, Tally b) => new(
            a.Kills + b.Kills, a.Events + b.Events, a.Acknowledged + b.Acknowledged, a.Unanswered + b.Unanswered, a.StoredUnanswered + b.StoredUnanswered, a.Denied + b.Denied);
    }
}
