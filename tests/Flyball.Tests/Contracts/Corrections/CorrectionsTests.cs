using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Corrections;
using Flyball.Engine.Problems;
using Flyball.Engine.Windows;
using Flyball.Tests.Contracts.Quarantine;

namespace Flyball.Tests.Contracts.Corrections;

/// <summary>A source that takes corrections: a second row of a key corrects the first, a retraction takes it back, and nothing is ever sent twice.</summary>
public sealed class CorrectionsTests : IAsyncDisposable
{
    private readonly DeskFixture fixture = new(Sample.Correctable);

    private LogFixture Logs => fixture.Logs;

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task A_row_with_a_stored_key_and_other_content_is_stored_as_its_correction()
    {
        await SendAsync(LogFixture.Transaction(1));

        var report = await SendAsync(LogFixture.Transaction(1, 20), LogFixture.Transaction(2));

        Assert.Equal((2, 2, 0, 0, 1), (report.Received, report.Accepted, report.Quarantined, report.Duplicates, report.Corrections));
        Assert.Equal(3, Logs.Seen.Count);
        Assert.Equal(Logs.Seen[0].Identity, Logs.Seen[1].Identity);
        Assert.NotEqual(Logs.Seen[0].Identity, Logs.Seen[2].Identity);
    }

    [Fact]
    public async Task Content_that_a_key_ever_had_is_a_duplicate()
    {
        await SendAsync(LogFixture.Transaction(1), LogFixture.Transaction(1, 20), LogFixture.Transaction(1, 20));
        await SendAsync(LogFixture.Transaction(1, 30));
        await Logs.ReopenAsync();

        var again = await SendAsync(LogFixture.Transaction(1), LogFixture.Transaction(1, 20), LogFixture.Transaction(1, 30));

        Assert.Equal((0, 3), (again.Accepted, again.Duplicates));
        Assert.Equal(3, Logs.Seen.Count);
    }

    [Fact]
    public async Task A_correction_stays_with_its_entity()
    {
        await SendAsync(LogFixture.Transaction(1));
        var moved = LogFixture.Transaction(1, 20).Replace("\"terminal_id\":1", "\"terminal_id\":2", StringComparison.Ordinal);

        var stored = await SendAsync(moved);
        await Logs.ReopenAsync();
        var after = await SendAsync(moved, LogFixture.Transaction(9), LogFixture.Transaction(9, 20).Replace("\"terminal_id\":1", "\"terminal_id\":2", StringComparison.Ordinal));

        Assert.Equal(["FLY3153"], stored.Reasons.SelectMany(r => r.Problems).Select(p => p.Code));
        Assert.Equal(["FLY3153", "FLY3153"], after.Reasons.SelectMany(r => r.Problems).Select(p => p.Code));
        Assert.Equal((3, 1, 2), (after.Received, after.Accepted, after.Quarantined));
    }

    [Fact]
    public async Task Without_the_word_of_the_contract_such_a_row_is_put_aside()
    {
        await using var strict = new LogFixture(Sample.Transactions);
        await strict.IngestAsync("transactions", LogFixture.Transaction(1));

        var report = (await strict.IngestAsync("transactions", LogFixture.Transaction(1, 20))).Report!;

        Assert.Equal("FLY3111", report.Reasons[0].Problems[0].Code);
        Assert.Contains("corrections: accept", report.Reasons[0].Problems[0].Remedy!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_row_of_the_key_is_held_nobody_corrects_it()
    {
        await Logs.HoldAsync("transactions", [LogFixture.Transaction(1)]);

        var report = await SendAsync(LogFixture.Transaction(1), LogFixture.Transaction(1, 20));

        Assert.Equal((0, 1, 1), (report.Accepted, report.Duplicates, report.Quarantined));
        Assert.Equal("FLY3154", report.Reasons[0].Problems[0].Code);
    }

    [Fact]
    public async Task A_held_correction_counts_once_it_is_released()
    {
        await SendAsync(LogFixture.Transaction(1));
        var held = (await Logs.HoldAsync("transactions", [LogFixture.Transaction(1, 20)])).Report!;
        Assert.Single(Logs.Seen);

        await fixture.Holds.ReleaseAsync("transactions", held.Batch!, LogFixture.Tester, "it is right", default);

        Assert.Equal(2, Logs.Seen.Count);
        Assert.Equal(Logs.Seen[0].Identity, Logs.Seen[1].Identity);
        Assert.Equal(1, (await SendAsync(LogFixture.Transaction(1, 20))).Duplicates);
    }

    [Fact]
    public async Task A_retraction_is_a_row_of_the_log_and_is_made_once()
    {
        await SendAsync(LogFixture.Transaction(1), LogFixture.Transaction(2));

        var first = await RetractAsync(LogFixture.Transaction(1));
        await Logs.ReopenAsync();
        var second = await RetractAsync(LogFixture.Transaction(1), LogFixture.Transaction(2), LogFixture.Transaction(2));

        Assert.Equal((1, 1, 0), (first.Received, first.Retracted, first.Duplicates));
        Assert.Equal((3, 1, 2), (second.Received, second.Retracted, second.Duplicates));
        Assert.Equal([RowKind.Row, RowKind.Row, RowKind.Retraction, RowKind.Retraction], Logs.Seen.Select(r => r.Identity.Kind));
        Assert.True(Logs.Seen[2].IsRetraction);
        Assert.Equal(Logs.Seen[0].Identity.Key, Logs.Seen[2].Identity.Key);
        Assert.Equal(["event.retract", "event.retract"], fixture.Audited.Select(a => (string)a["action"]!));
    }

    [Fact]
    public async Task A_file_sent_again_does_not_bring_a_retracted_row_back_and_other_content_does()
    {
        await SendAsync(LogFixture.Transaction(1));
        await RetractAsync(LogFixture.Transaction(1));

        var same = await SendAsync(LogFixture.Transaction(1));
        var other = await SendAsync(LogFixture.Transaction(1, 20));
        var back = await RetractAsync(LogFixture.Transaction(1, 20));

        Assert.Equal((0, 1), (same.Accepted, same.Duplicates));
        Assert.Equal((1, 1), (other.Accepted, other.Corrections));
        Assert.Equal(1, back.Retracted);
    }

    [Theory]
    [InlineData("unknown", "FLY3152")]
    [InlineData("moved", "FLY3153")]
    [InlineData("held", "FLY3154")]
    [InlineData("bad", "FLY3155")]
    public async Task Of_rows_to_take_back_all_go_or_none(string wrong, string code)
    {
        await SendAsync(LogFixture.Transaction(1), LogFixture.Transaction(3));
        await Logs.HoldAsync("transactions", [LogFixture.Transaction(4)]);
        var row = wrong switch
        {
            "unknown" => LogFixture.Transaction(2),
            "moved" => LogFixture.Transaction(3).Replace("\"terminal_id\":1", "\"terminal_id\":2", StringComparison.Ordinal),
            "held" => LogFixture.Transaction(4),
            _ => "{}",
        };

        var refused = await Assert.ThrowsAsync<FlyballException>(() => RetractAsync(LogFixture.Transaction(1), row));

        Assert.Equal(code, refused.Problem.Code);
        Assert.DoesNotContain(Logs.Seen, r => r.IsRetraction);
        Assert.Equal(1, (await RetractAsync(LogFixture.Transaction(1))).Retracted);
    }

    [Fact]
    public async Task Two_batches_with_the_same_correction_store_it_once()
    {
        await SendAsync(LogFixture.Transaction(1));

        var reports = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Logs.IngestAsync("transactions", LogFixture.Transaction(1, 20), LogFixture.Transaction(1, 30))));

        Assert.Equal(2, reports.Sum(r => r.Report!.Accepted));
        Assert.Equal(30, reports.Sum(r => r.Report!.Duplicates));
        Assert.Equal(3, Logs.Seen.Count);
    }

    [Fact]
    public async Task A_retraction_comes_over_http_with_its_reason()
    {
        using var client = await fixture.ServeAsync();
        await SendAsync(LogFixture.Transaction(1));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "FLY3152"), await PostAsync(client, "transactions", Body("a test", LogFixture.Transaction(7))));
        Assert.Equal((HttpStatusCode.BadRequest, "FLY3002"), await PostAsync(client, "transactions", Body(" ", LogFixture.Transaction(1))));
        Assert.Equal((HttpStatusCode.BadRequest, "FLY3002"), await PostAsync(client, "transactions", """{"reason":"x","rows":[]}"""));
        Assert.Equal((HttpStatusCode.NotFound, "FLY4004"), await PostAsync(client, "nothing", Body("a test", LogFixture.Transaction(1))));
        Assert.Equal((HttpStatusCode.OK, null), await PostAsync(client, "transactions", Body("a test", LogFixture.Transaction(1))));
        Assert.True(Logs.Seen[^1].IsRetraction);
    }

    [Fact]
    public void A_contract_without_a_key_cannot_take_corrections() =>
        Assert.Equal(["FLY1220"], Sample.ProblemsOf(Sample.CorrectableYaml.Replace("        primaryKey: true\n", "", StringComparison.Ordinal).Replace("        primaryKeyPosition: 1\n", "", StringComparison.Ordinal)).Select(p => p.Code));

    private async Task<IngestReport> SendAsync(params string[] rows) => (await Logs.IngestAsync("transactions", rows)).Report!;

    private Task<RetractionReport> RetractAsync(params string[] rows) =>
        fixture.Retractions.RetractAsync("transactions", [.. rows.Select(r => JsonNode.Parse(r)!.AsObject())], LogFixture.Tester, "a test payment", default);

    private static string Body(string reason, string row) => string.Create(CultureInfo.InvariantCulture, $$"""{"reason":"{{reason}}","rows":[{{row}}]}""");

    private static async Task<(HttpStatusCode Status, string? Code)> PostAsync(HttpClient client, string source, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync($"/v1/retractions/{source}", content);
        return (response.StatusCode, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]);
    }
}
