using System.Diagnostics;
using System.Globalization;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Crashes;

/// <summary>Features come back from snapshot and log as they were, whenever the server dies: also while it writes a snapshot, and while it reads one.</summary>
public sealed class SnapshotKillTests(ITestOutputHelper output)
{
    private const int RowsOfBatch = 2_500;
    private const int BatchesOfCycle = 4;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    /// <summary>FLYBALL_LONG=1 makes them ten times as many.</summary>
    private static int Kills => Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1" ? 120 : 9;

    [Fact]
    public async Task No_kill_changes_a_feature_value()
    {
        using var folder = new TemporaryFolder();
        var project = ShopProject.Write(folder["project"]);
        var data = folder["data"];
        var draw = new Random(20260103);
        var (next, fromSnapshot, halfWritten) = (0L, 0, 0);
        var expected = new List<string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var server = await FlyballServer.StartAsync(project, data);
            fromSnapshot += server.Errors.Contains("from the snapshot", StringComparison.Ordinal) ? 1 : 0;
            Assert.DoesNotContain("cannot be used", server.Errors, StringComparison.Ordinal);
            if (kill > 0)
            {
                Assert.Equal(expected, await ReadAsync(server));
            }

            for (var batch = 0; batch < BatchesOfCycle; batch++)
            {
                var request = new SentRequest(next, RowsOfBatch, null);
                var (status, report) = await server.PostAsync("/v1/events/payments", request.Body);
                Assert.True(status == 200, report.ToJsonString());
                next += RowsOfBatch;
            }

            expected = await ReadAsync(server);
            if (kill % 3 == 2)
            {
                // A snapshot is being written when its temporary file is there: this is the moment.
                UntilWriting(data);
            }
            else
            {
                await Task.Delay(draw.Next(0, 1_300), TestContext.Current.CancellationToken);
            }

            await server.KillAsync();
            halfWritten += File.Exists(Path.Combine(data, "snapshots", "events.snapshot.tmp")) ? 1 : 0;
            if (kill % 4 == 3)
            {
                await DieWhileStartingAsync(project, data, TimeSpan.FromMilliseconds(draw.Next(100, 900)));
            }
        }

        await using (var last = await FlyballServer.StartAsync(project, data))
        {
            Assert.Equal(expected, await ReadAsync(last));
            await last.StopAsync();
        }

        // The same from the log alone.
        Directory.Delete(Path.Combine(data, "snapshots"), recursive: true);
        await using var whole = await FlyballServer.StartAsync(project, data);
        Assert.Equal(expected, await ReadAsync(whole));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Kills} kills, {fromSnapshot} starts from a snapshot, {halfWritten} times one was half written"));
        Assert.True(fromSnapshot > Kills / 2, $"{fromSnapshot} of {Kills} starts read a snapshot");
    }

    /// <summary>Every value of every customer at two fixed instants, as text.</summary>
    private static async Task<List<string>> ReadAsync(FlyballServer server)
    {
        var values = new List<string>();
        var today = DateTime.UtcNow.Date;
        foreach (var at in (DateTime[])[today, today.AddDays(-1).AddMinutes(1)])
        {
            for (var customer = 0; customer < SentRequest.Customers; customer++)
            {
                var answer = await server.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/features/activity/{customer}?at={at:yyyy-MM-ddTHH:mm:ssZ}"));
                values.Add($"{answer["values"]!.ToJsonString()} {answer["statuses"]!.ToJsonString()}");
            }
        }

        return values;
    }

    /// <summary>Looks without a pause: the moment is a few milliseconds long. It may never come, when little was added; then any will do.</summary>
    private static void UntilWriting(string data)
    {
        var temporary = Path.Combine(data, "snapshots", "events.snapshot.tmp");
        for (var begun = Stopwatch.GetTimestamp(); !File.Exists(temporary) && Stopwatch.GetElapsedTime(begun) < Longest;)
        {
            Thread.Yield();
        }
    }

    private static async Task DieWhileStartingAsync(string project, string data, TimeSpan after)
    {
        await using var server = FlyballServer.Begin(project, data);
        await server.EndsWithinAsync(after);
        await server.KillAsync();
    }
}
