using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.BadInput;

/// <summary>A disk that fills while events come in, on a small file system of its own in memory; only root may make one.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int RowsEach = 2_000;

    private readonly TemporaryFolder folder = new();
    private readonly string data;

    public FullDiskTests()
    {
        ShopProject.Write(folder["project"]);
        data = Directory.CreateDirectory(folder["data"]).FullName;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", data) == 0, "A file system of a given size needs root.");
    }

    public void Dispose()
    {
        Run("umount", data);
        folder.Dispose();
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_room_is_made_and_what_was_not_is_not()
    {
        List<int> acknowledged = [];
        int refused;
        await using (var server = await FlyballServer.StartAsync(folder["project"], data))
        {
            // Full is what refuses three times: the log goes on by itself when somebody, such as the catalog, lets go of room.
            refused = 0;
            for (var times = 0; times < 3;)
            {
                var (status, answer) = await server.PostAsync("/v1/events/payments", Rows(refused));
                if (status == 200)
                {
                    acknowledged.Add(refused++);
                    Assert.True(refused < 1_000, "the disk does not fill");
                    times = 0;
                    continue;
                }

                Assert.True(status == 503, $"{status} {answer.ToJsonString()}");
                Assert.Equal("FLY2046", answer["code"]?.GetValue<string>());
                times++;
            }

            await server.KillAsync();
        }

        Assert.Equal(0, Run("mount", "-o", "remount,size=64m", data));
        await using var again = await FlyballServer.StartAsync(folder["project"], data);
        Assert.NotEmpty(acknowledged);
        Assert.Equal(acknowledged.Count * RowsEach, await again.HorizonAsync());
        foreach (var batch in acknowledged)
        {
            Assert.Equal(RowsEach, Count(await again.PostAsync("/v1/events/payments", Rows(batch)), "duplicates"));
        }

        Assert.Equal(RowsEach, Count(await again.PostAsync("/v1/events/payments", Rows(refused)), "accepted"));
    }

    [Fact]
    public async Task The_server_takes_events_again_when_there_is_room_without_a_restart()
    {
        await using var server = await FlyballServer.StartAsync(folder["project"], data);
        var filler = Path.Combine(data, "filler");
        Run("dd", "if=/dev/zero", $"of={filler}", "bs=1M");
        var sent = 0;
        while ((await server.PostAsync("/v1/events/payments", Rows(sent))).Status == 200)
        {
            Assert.True(++sent < 1_000, "the disk does not fill");
        }

        File.Delete(filler);

        Assert.Equal(RowsEach, Count(await server.PostAsync("/v1/events/payments", Rows(sent)), "accepted"));
        Assert.Equal((sent + 1) * RowsEach, await server.HorizonAsync());
    }

    [Fact]
    public async Task A_file_for_which_there_is_no_room_is_507_and_the_server_goes_on()
    {
        await using var server = await FlyballServer.StartAsync(folder["project"], data);

        var (status, answer) = await server.PostAsync("/v1/imports/payments", "payment_id,event_time,customer_id,amount\n" + new string('x', 12 << 20), "text/csv");

        Assert.True(status == 507, $"{status} {answer.ToJsonString()}");
        Assert.Equal("FLY3023", answer["code"]?.GetValue<string>());
        Assert.Equal(0, await server.HorizonAsync());
        Assert.Equal(RowsEach, Count(await server.PostAsync("/v1/events/payments", Rows(0)), "accepted"));
    }

    private static long Count((int Status, JsonObject Body) answer, string member) =>
        answer.Status == 200 ? answer.Body[member]!.GetValue<long>() : throw new InvalidOperationException($"{answer.Status} {answer.Body.ToJsonString()}");

    private static string Rows(int batch)
    {
        var body = new StringBuilder("[");
        for (var i = 0; i < RowsEach; i++)
        {
            body.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""{"payment_id":{{(batch * RowsEach) + i}},"event_time":"2026-01-01T12:00:00Z","customer_id":3,"amount":1.5}""");
        }

        return body.Append(']').ToString();
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
