using System.Globalization;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Corruption;

/// <summary>A byte that changed on disk is found at start and named with its place, rather than served.</summary>
public sealed class CorruptionTests(DeployedShop shop)
{
    [Fact]
    public async Task A_byte_in_the_middle_of_the_event_log()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Copy(shop.Data, "data");
        var segment = Directory.GetFiles(Path.Combine(data, "events")).MaxBy(f => new FileInfo(f).Length)!;
        var flipped = Flip(segment, new FileInfo(segment).Length / 2);

        var run = await UpAsync(data);

        ExpectRefusal(run, "FLY2002", segment);
        // Its frame begins at or before the byte, and is named.
        var offset = long.Parse(run.Errors.Split("byte ")[1].Split(' ', ',', '.', ':', ')')[0], CultureInfo.InvariantCulture);
        Assert.InRange(offset, 1, flipped);
    }

    [Fact]
    public async Task A_byte_of_the_catalog()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Copy(shop.Data, "data");
        var file = Path.Combine(data, "catalog.db");
        // The kind of the second page: a quiet byte inside a text would be another, valid text to SQLite.
        Flip(file, 4096);

        ExpectRefusal(await UpAsync(data), "FLY2020", file);
    }

    [Fact]
    public async Task A_byte_of_an_audit_entry()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Copy(shop.Data, "data");
        var entries = Directory.GetFiles(Path.Combine(data, "audit"), "*", SearchOption.AllDirectories)
            .Where(f => f.Contains("/entries/", StringComparison.Ordinal)).MaxBy(f => new FileInfo(f).Length)!;
        Flip(entries, new FileInfo(entries).Length / 2);

        ExpectRefusal(await UpAsync(data), "FLY203", entries);
    }

    [Fact]
    public async Task A_cut_event_log_whose_rows_were_acknowledged()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Copy(shop.Data, "data");
        var segment = Directory.GetFiles(Path.Combine(data, "events")).MaxBy(f => new FileInfo(f).Length)!;
        using (var file = File.OpenWrite(segment))
        {
            file.SetLength(file.Length / 2);
        }

        ExpectRefusal(await UpAsync(data), "FLY2002", segment);
    }

    /// <summary>One version cannot be loaded: the rest is served, and the start says which one is missing and why.</summary>
    [Fact]
    public async Task A_byte_of_the_champions_bundle()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Copy(shop.Data, "data");
        foreach (var blob in Directory.GetFiles(Path.Combine(data, "blobs"), "*", SearchOption.AllDirectories))
        {
            Flip(blob, new FileInfo(blob).Length / 2);
        }

        await using var server = await FlyballServer.StartAsync(shop.Project, data);

        Assert.Contains("FLY2010", server.Errors, StringComparison.Ordinal);
        Assert.Contains("shop", server.Errors[..server.Errors.IndexOf("Flyball is ready", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains(Path.Combine(data, "blobs"), server.Errors, StringComparison.Ordinal);
        var (status, answer) = await server.PostAsync("/v1/models/shop/predict", """{"payment_id":1,"event_time":"2026-01-01T12:00:00Z","customer_id":3,"amount":1}""");
        Assert.True(status is 404 or 503, $"{status} {answer.ToJsonString()}");
        var (deploy, refused) = await server.PostAsync("/v1/models/shop/deploy", """{"version":1}""");
        Assert.True(deploy == 503, $"{deploy} {refused.ToJsonString()}");
        Assert.Equal("FLY2010", refused["code"]!.GetValue<string>());
        Assert.DoesNotContain(data, refused.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_directory_untouched_is_served()
    {
        using var folder = new TemporaryFolder();
        await using var server = await FlyballServer.StartAsync(shop.Project, folder.Copy(shop.Data, "data"));
        Assert.Contains("shop", (await server.GetAsync("/health/ready"))["models"]!.ToJsonString(), StringComparison.Ordinal);
    }

    private static long Flip(string file, long offset)
    {
        using var stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = offset;
        var value = stream.ReadByte();
        stream.Position = offset;
        stream.WriteByte((byte)(value ^ 0x5A));
        return offset;
    }

    private static void ExpectRefusal(ProgramRun run, string code, string file)
    {
        run.WithoutStackTrace();
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(code, run.Errors, StringComparison.Ordinal);
        Assert.Contains(file, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Flyball is ready", run.Errors, StringComparison.Ordinal);
    }

    private Task<ProgramRun> UpAsync(string data) =>
        FlyballProgram.RunAsync("up", "--project", shop.Project, "--data", data, "--urls", "http://127.0.0.1:0");
}
