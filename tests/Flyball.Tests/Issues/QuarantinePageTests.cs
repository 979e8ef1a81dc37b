using System.Text.Json.Nodes;
using Flyball.Tests.Contracts;
using Flyball.Tests.Contracts.Quarantine;

namespace Flyball.Tests.Issues;

/// <summary>A page of the quarantine held a thousand rows whatever their size: a gigabyte of memory for each reader.</summary>
public sealed class QuarantinePageTests
{
    [Fact]
    public async Task A_page_of_long_rows_ends_early_and_the_next_goes_on_where_it_ended()
    {
        const int Rows = 100;
        await using var fixture = new DeskFixture();
        var bad = new string('x', 150_000);
        for (var i = 0; i < Rows; i += 10)
        {
            await fixture.Logs.IngestAsync("transactions", [.. Enumerable.Range(i, 10).Select(n => $$"""{"transaction_id":{{n}},"amount":"{{bad}}"}""")]);
        }

        var client = await fixture.ServeAsync();
        var seen = new List<long>();
        long? after = 0;
        while (after is { } position)
        {
            var text = await client.GetStringAsync($"/v1/quarantine/transactions?limit=1000&after={position}");
            Assert.InRange(text.Length, 1, 6 << 20);
            var page = JsonNode.Parse(text)!;
            Assert.Equal(Rows, (int)page["total"]!);
            seen.AddRange(page["rows"]!.AsArray().Select(r => (long)r!["seq"]!));
            after = (long?)page["next"];
        }

        Assert.Equal(fixture.Open(), seen);
        Assert.Equal(Rows, seen.Count);
    }
}
