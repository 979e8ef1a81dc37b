using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.BadInput;

/// <summary>Packed bodies and files of history over a real connection and from the command line.</summary>
public sealed class BrokenFileTests(ServedShop shop) : IClassFixture<ServedShop>, IDisposable
{
    private const string Header = "payment_id,event_time,customer_id,amount\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("/v1/events/payments", "application/json", """{"payment_id":910001,"event_time":"2026-01-01T12:00:00Z","customer_id":3,"amount":1}""")]
    [InlineData("/v1/events/payments", "application/x-ndjson", """{"payment_id":910002,"event_time":"2026-01-01T12:00:00Z","customer_id":3,"amount":1}""")]
    [InlineData("/v1/imports/payments", "text/csv", Header + "910003,2026-01-01T12:00:00Z,3,1\n")]
    public async Task A_packed_body_is_read_and_one_cut_short_stores_nothing(string route, string type, string text)
    {
        var packed = Packed(Encoding.UTF8.GetBytes(text));
        var horizon = await shop.Server.HorizonAsync();
        foreach (var broken in (byte[][])[packed[..^4], packed[..(packed.Length / 2)], [.. packed[..^8], 1, 2, 3, 4, .. packed[^4..]], Encoding.UTF8.GetBytes(text)])
        {
            var answer = await SendAsync(route, broken, type, "gzip");
            Assert.Null(answer.Defect(shop.Secrets, 400));
            Assert.Equal("FLY3022", answer.Document["code"]?.GetValue<string>());
        }

        Assert.Null((await SendAsync(route, packed, type, "br")).Defect(shop.Secrets, 415));
        Assert.Equal(horizon, await shop.Server.HorizonAsync());
        var good = await SendAsync(route, packed, type, "gzip");
        Assert.Equal(200, good.Status);
        Assert.Equal(1, good.Document["accepted"]?.GetValue<int>());
    }

    [Fact]
    public async Task A_small_body_that_unpacks_beyond_the_bound_is_413()
    {
        var packed = Packed(new byte[64 << 20]);
        Assert.InRange(packed.Length, 1, 1 << 20);

        Assert.Null((await SendAsync("/v1/events/payments", packed, "application/json", "gzip")).Defect(shop.Secrets, 413));
        await shop.ExpectServingAsync();
    }

    [Theory]
    [InlineData("text/csv", "payment_id,event_time\n1,x\n")]
    [InlineData("application/vnd.apache.parquet", "PAR1 this is none PAR1")]
    [InlineData("text/csv", "")]
    public async Task A_file_that_cannot_be_read_is_400_and_says_nothing_of_this_machine(string type, string text)
    {
        var answer = await SendAsync("/v1/imports/payments", Encoding.UTF8.GetBytes(text), type, null);

        Assert.Null(answer.Defect(shop.Secrets.Append("import-"), 400));
        Assert.Equal("FLY3004", answer.Document["code"]?.GetValue<string>());
    }

    [Fact]
    public async Task Progress_comes_in_lines_and_the_report_is_the_last_one()
    {
        var rows = Header + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{920_000 + i},2026-01-01T12:00:00Z,3,1\n"));
        var good = await SendAsync("/v1/imports/payments?progress=true", Encoding.UTF8.GetBytes(rows), "text/csv", null);
        var bad = await SendAsync("/v1/imports/payments?progress=true", "nothing\n"u8.ToArray(), "text/csv", null);

        Assert.Equal("application/x-ndjson", good.Type);
        Assert.Equal(20_000, JsonNode.Parse(good.Text.Trim().Split('\n')[^1])!["report"]!["accepted"]!.GetValue<int>());
        Assert.Equal("FLY3004", JsonNode.Parse(bad.Text.Trim().Split('\n')[^1])!["problem"]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_command_line_says_which_file_is_cut_and_takes_a_column_of_known_at()
    {
        var cut = folder["cut.csv.gz"];
        await File.WriteAllBytesAsync(cut, Packed(Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{i},2026-01-01T12:00:00Z,{i % 7},{i % 977}\n"))))[..^100]);
        var dated = folder["dated.csv"];
        await File.WriteAllTextAsync(dated, "loaded," + Header + "2026-01-02T00:00:00Z,930000,2026-01-01T12:00:00Z,3,1\n,930001,2026-01-01T12:00:00Z,3,1\n");
        var data = folder["data"];
        ShopProject.Write(folder["project"]);
        string[] place = ["--project", folder["project"], "--data", data, "--json"];

        var refused = (await FlyballProgram.RunAsync(["ingest", "payments", cut, .. place])).WithoutStackTrace();
        var first = (await FlyballProgram.RunAsync(["ingest", "payments", dated, "--known-at", "loaded", .. place])).WithoutStackTrace();
        var again = (await FlyballProgram.RunAsync(["ingest", "payments", dated, "--known-at", "loaded", .. place])).WithoutStackTrace();

        Assert.Equal(2, refused.ExitCode);
        Assert.Equal("FLY3024", refused.Document["code"]?.GetValue<string>());
        Assert.Contains("cut.csv.gz", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(("2", "1", "1", "0"), Counts(first));
        Assert.Equal(("2", "0", "0", "2"), Counts(again));
    }

    private static (string?, string?, string?, string?) Counts(ProgramRun run) =>
        (run.Document["received"]?.ToJsonString(), run.Document["accepted"]?.ToJsonString(), run.Document["quarantined"]?.ToJsonString(), run.Document["duplicates"]?.ToJsonString());

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    private async Task<BadAnswer> SendAsync(string route, byte[] body, string type, string? encoding)
    {
        using var content = new ByteArrayContent(body);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        return await BadAnswer.OfAsync(shop.Server.Http, route, content, type);
    }
}
