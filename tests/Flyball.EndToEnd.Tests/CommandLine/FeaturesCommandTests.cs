using System.Globalization;
using System.Security.Cryptography;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.CommandLine;

/// <summary><c>features history</c> and <c>features concat</c> as somebody at a terminal meets them.</summary>
public sealed class FeaturesCommandTests
{
    private const string Spine = "note,customer_id,event_time\nfirst,1,2026-01-03T00:00:00Z\n\"a, b\",2,2026-01-03T00:00:00Z\nnobody,9,2026-01-03T00:00:00Z\nbefore,1,2026-01-01T00:00:00Z\n";

    [Fact]
    public async Task A_history_is_written_beside_its_manifest_and_in_buckets_too()
    {
        using var folder = new TemporaryFolder();
        var shop = await ShopAsync(folder, "event_time");
        var (csv, spine) = (folder["out.csv"], await WriteAsync(folder["spine.csv"], Spine));

        var run = (await FlyballProgram.RunAsync(["features", "history", "--spine", spine, "--view", "activity", "--out", csv, .. shop, "--json"])).WithoutStackTrace();

        Assert.True(run.ExitCode == 0, run.Errors + run.Output);
        Assert.Equal(
            ["note,customer_id,event_time,activity__count_30d,activity__amount_30d", "first,1,2026-01-03T00:00:00Z,2,30.0", "\"a, b\",2,2026-01-03T00:00:00Z,1,5.0", "nobody,9,2026-01-03T00:00:00Z,0,", "before,1,2026-01-01T00:00:00Z,0,"],
            await File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken));
        var manifest = run.Document["manifest"]!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(csv, TestContext.Current.CancellationToken))), manifest["sha256"]!.GetValue<string>());
        Assert.Equal(("as_known", 4, 3), (manifest["mode"]!.GetValue<string>(), manifest["rows"]!.GetValue<int>(), manifest["horizon"]!.GetValue<int>()));
        Assert.Equal(2, run.Document["found"]![0]!["known"]!.GetValue<int>());

        string[] parts = [folder["0.parquet"], folder["1.parquet"]];
        for (var i = 0; i < 2; i++)
        {
            var part = await FlyballProgram.RunAsync(["features", "history", "--spine", spine, "--view", "activity", "--out", parts[i], "--bucket", string.Create(CultureInfo.InvariantCulture, $"{i}/2"), .. shop]);
            Assert.True(part.ExitCode == 0, part.Errors);
        }

        var whole = await FlyballProgram.RunAsync("features", "concat", parts[1], parts[0], "--out", folder["whole.csv"], "--json");
        Assert.Equal((0, 4), (whole.ExitCode, whole.Document["rows"]!.GetValue<int>()));
        Assert.Equal(await File.ReadAllBytesAsync(csv, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(folder["whole.csv"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_history_of_what_nobody_knew_is_refused_and_leaves_no_file()
    {
        using var folder = new TemporaryFolder();
        var shop = await ShopAsync(folder, "now");
        var spine = await WriteAsync(folder["spine.csv"], Spine);

        var refused = (await FlyballProgram.RunAsync(["features", "history", "--spine", spine, "--view", "activity", "--out", folder["out.parquet"], .. shop, "--json"])).WithoutStackTrace();
        var simulated = await FlyballProgram.RunAsync(["features", "history", "--spine", spine, "--view", "activity", "--out", folder["out.csv"], "--mode", "simulated_delay=1h", .. shop, "--json"]);

        Assert.Equal((2, "FLY3163"), (refused.ExitCode, refused.Document["errors"]![0]!["code"]!.GetValue<string>()));
        Assert.Contains("simulated_delay", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(["out.csv"], Directory.EnumerateFiles(Path.GetDirectoryName(folder["out.csv"])!, "out.*").Select(Path.GetFileName));
        Assert.Equal((0, 4), (simulated.ExitCode, simulated.Document["manifest"]!["rows"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_correction_after_the_instant_changes_the_row_as_corrected_and_not_as_known()
    {
        using var folder = new TemporaryFolder();
        string[] shop = ["--project", ShopProject.Write(folder["project"]), "--data", folder["data"]];
        await WriteAsync(
            folder["project/contracts/payments.odcs.yaml"],
            ShopProject.Payments.Replace("    logicalType: object\n", "    logicalType: object\n    customProperties: [ { property: corrections, value: accept } ]\n", StringComparison.Ordinal) + "\n");
        const string header = "payment_id,event_time,customer_id,amount,known\n";
        var first = await WriteAsync(folder["first.csv"], header + "1,2026-01-01T12:00:00Z,1,10,2026-01-01T12:00:00Z\n2,2026-01-02T00:00:00Z,1,20,2026-01-02T00:00:00Z\n");
        var correction = await WriteAsync(folder["correction.csv"], header + "2,2026-01-02T00:00:00Z,1,25,2026-01-05T00:00:00Z\n");
        var spine = await WriteAsync(folder["spine.csv"], "customer_id,event_time\n1,2026-01-03T00:00:00Z\n1,2026-01-06T00:00:00Z\n");

        var stored = await FlyballProgram.RunAsync(["ingest", "payments", first, correction, "--known-at", "known", .. shop, "--json"]);
        Assert.True(stored.ExitCode == 0, stored.Errors + stored.Output);

        Assert.Equal(["30.0", "35.0"], await AmountsAsync("as_known"));
        Assert.Equal(["35.0", "35.0"], await AmountsAsync("as_corrected"));

        async Task<string[]> AmountsAsync(string mode)
        {
            var run = await FlyballProgram.RunAsync(["features", "history", "--spine", spine, "--view", "activity", "--out", folder["out.csv"], "--mode", mode, .. shop, "--json"]);
            Assert.True(run.ExitCode == 0, run.Errors + run.Output);
            var lines = await File.ReadAllLinesAsync(folder["out.csv"], TestContext.Current.CancellationToken);
            return [.. lines.Skip(1).Select(l => l.Split(',')[^1])];
        }
    }

    [Fact]
    public async Task Bad_questions_are_refused_with_what_to_do()
    {
        using var folder = new TemporaryFolder();
        var shop = await ShopAsync(folder, "event_time");
        var spine = await WriteAsync(folder["spine.csv"], Spine);
        var bad = await WriteAsync(folder["bad.csv"], "customer_id,event_time\n1,2026-01-03T00:00:00Z\nseven,2026-01-03T00:00:00Z\n");

        async Task<string> CodeAsync(params string[] words)
        {
            var run = (await FlyballProgram.RunAsync(["features", "history", .. words, .. shop, "--json"])).WithoutStackTrace();
            Assert.Equal(2, run.ExitCode);
            Assert.DoesNotContain("seven", run.Output + run.Errors, StringComparison.Ordinal);
            return run.Document["errors"]![0]!["code"]!.GetValue<string>();
        }

        var (output, ask) = (folder["out.parquet"], new[] { "--spine", spine, "--view", "activity" });
        Assert.Equal("FLY3177", await CodeAsync("--out", output, "--view", "activity"));
        Assert.Equal("FLY3174", await CodeAsync(["--out", folder["out.xlsx"], .. ask]));
        Assert.Equal("FLY3175", await CodeAsync("--out", output, "--spine", folder["none.csv"], "--view", "activity"));
        Assert.Equal("FLY4004", await CodeAsync("--out", output, "--spine", spine, "--view", "activty"));
        Assert.Equal("FLY3170", await CodeAsync("--out", output, "--spine", spine, "--view", "payment"));
        Assert.Equal("FLY3170", await CodeAsync(["--out", output, .. ask, "--bucket", "2/2"]));
        Assert.Equal("FLY3170", await CodeAsync(["--out", output, .. ask, "--mode", "simulated_delay=soon"]));
        Assert.Equal("FLY3170", await CodeAsync(["--out", output, .. ask, "--horizon", "4"]));
        Assert.Equal("FLY3162", await CodeAsync("--out", output, "--spine", bad, "--view", "activity"));
        Assert.False(File.Exists(output));
    }

    /// <summary>A shop with three payments, and the options that name it.</summary>
    private static async Task<string[]> ShopAsync(TemporaryFolder folder, string knownAt)
    {
        string[] shop = ["--project", ShopProject.Write(folder["project"]), "--data", folder["data"]];
        var payments = await WriteAsync(folder["payments.csv"], "payment_id,event_time,customer_id,amount\n1,2026-01-01T12:00:00Z,1,10\n2,2026-01-02T00:00:00Z,1,20\n3,2026-01-02T00:00:00Z,2,5\n");
        var stored = await FlyballProgram.RunAsync(["ingest", "payments", payments, "--known-at", knownAt, .. shop, "--json"]);
        Assert.True(stored.ExitCode == 0, stored.Errors);
        return shop;
    }

    private static async Task<string> WriteAsync(string path, string text)
    {
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }
}
