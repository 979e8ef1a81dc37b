using System.Globalization;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Crashes;

public sealed class KillTests(ITestOutputHelper output)
{
    private const int DeathsWhileStarting = 5;
    private const int RequestsTogether = 150;
    private const int RequestsOfOneKind = 5;

    /// <summary>Kills under load; a tenth as many again fall into the start. FLYBALL_LONG=1 makes them ten times as many.</summary>
    private static int Kills => Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1" ? 500 : 50;

    [Fact]
    public async Task Whatever_was_acknowledged_is_there_once_after_every_kill()
    {
        using var folder = new TemporaryFolder();
        var project = ShopProject.Write(folder["project"]);
        var data = folder["data"];
        var draw = new Random(20260101);
        long nextId = 0;
        var denied = 0;
        var acknowledged = 0;
        var unanswered = 0;
        var storedUnanswered = 0;
        List<SentRequest> open = [];
        for (var kill = 0; kill < Kills; kill++)
        {
            if (kill % (Kills / DeathsWhileStarting) == 1)
            {
                await DieWhileStartingAsync(project, data, TimeSpan.FromMilliseconds(draw.Next(20, 700)));
            }

            await using var server = await FlyballServer.StartAsync(project, data);
            storedUnanswered += await ExpectEachOnceAsync(server, open, nextId);
            var load = new Load(server, kill, nextId, draw.Next(1, 160));
            await load.RunAsync();
            open = load.Sent;
            nextId = load.NextId;
            denied += load.Denied;
            acknowledged += open.Count(r => r.Acknowledged);
            unanswered += open.Count(r => !r.Acknowledged);
        }

        await using var last = await FlyballServer.StartAsync(project, data);
        storedUnanswered += await ExpectEachOnceAsync(last, open, nextId);
        await ExpectCountsAsync(last, nextId);
        var audit = await last.GetAsync("/v1/audit/verify");
        Assert.True(audit["verified"]!.GetValue<bool>(), audit.ToJsonString());
        Assert.True(audit["entries"]!.GetValue<long>() >= denied, $"{denied} denials were answered, and the audit log has {audit["entries"]} entries");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Kills} kills under load and {DeathsWhileStarting} during a start: {nextId} events, {acknowledged} requests acknowledged, {unanswered} without an answer of which {storedUnanswered} were stored, {denied} denials"));
        // Else the kills fell beside what they are for.
        Assert.True(acknowledged > Kills && unanswered > Kills / 2, $"{acknowledged} acknowledged, {unanswered} unanswered");
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
}
