using Flyball.Contracts;
using Flyball.Contracts.Ingestion;

namespace Flyball.Tests.Contracts.Ingestion;

public sealed class KnownAtColumnTests : IAsyncDisposable
{
    private const string ArrivalYaml = """
        apiVersion: v3.1.0
        kind: DataContract
        id: readings
        version: 1.0.0
        status: active
        schema:
          - name: readings
            properties:
              - { name: meter, logicalType: string, primaryKey: true, primaryKeyPosition: 1 }
              - { name: level, logicalType: number, required: true }
              - { name: day, logicalType: date }
        """;

    private readonly ImportFixture fixture = new(Sample.Transactions, Sample.Keyless, Sample.Compile(ArrivalYaml));

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Theory]
    [InlineData("k.csv", "event_time,loaded,page\n2020-01-01T00:00:00Z,2020-01-03T00:00:00Z,a\n2020-01-01T00:00:00Z,,b\n2020-01-01T00:00:00Z,yesterday,c\n")]
    [InlineData("k.ndjson", """
        {"event_time":"2020-01-01T00:00:00Z","loaded":"2020-01-03T00:00:00Z","page":"a"}
        {"event_time":"2020-01-01T00:00:00Z","loaded":null,"page":"b"}
        {"event_time":"2020-01-01T00:00:00Z","loaded":"yesterday","page":"c"}
        """)]
    public async Task A_column_beside_the_contract_says_when_each_row_was_known(string name, string text)
    {
        Assert.Equal(new ImportProgress(3, 1, 2, 0), await fixture.ImportAsync(fixture.Write(name, text), "clicks", KnownAtPolicy.OfColumn("loaded")));

        var row = Assert.Single(fixture.Logs.Seen);
        Assert.Equal("2020-01-03T00:00:00Z", row.Stamp.KnownAt.ToString());
        Assert.Equal("2020-01-01T00:00:00Z", row.Stamp.EventTime.ToString());
        Assert.Equal(["FLY3101", "FLY3108"], fixture.Codes("clicks"));
        await fixture.Logs.ReopenAsync();
        Assert.Equal(row.Stamp, Assert.Single(fixture.Logs.Seen).Stamp);
    }

    [Fact]
    public async Task A_line_without_the_column_or_with_it_twice_is_put_aside()
    {
        var path = fixture.Write("k.ndjson", """
            {"event_time":"2020-01-01T00:00:00Z"}
            {"event_time":"2020-01-01T00:00:00Z","loaded":7}
            {"event_time":"2020-01-01T00:00:00Z","loaded":"2020-01-03T00:00:00Z","loaded":"2020-01-03T00:00:00Z"}
            """);

        Assert.Equal(new ImportProgress(3, 0, 3, 0), await fixture.ImportAsync(path, "clicks", KnownAtPolicy.OfColumn("loaded")));
        Assert.Equal(["FLY3101", "FLY3102", "FLY3106"], fixture.Codes("clicks"));
    }

    [Fact]
    public async Task A_column_of_the_contract_may_say_it_when_it_holds_timestamps()
    {
        var path = fixture.Write("k.csv", ImportFixture.Header + "1,2018-04-01T00:07:56Z,2,3,1\n");

        await fixture.ImportAsync(path, "transactions", KnownAtPolicy.OfColumn("event_time"));

        Assert.Equal("2018-04-01T00:07:56Z", fixture.Logs.Seen[0].Stamp.KnownAt.ToString());
        Assert.Equal("FLY3021", (await fixture.RefusedAsync(path, "transactions", KnownAtPolicy.OfColumn("amount"))).Code);
        Assert.Contains("'loaded'", (await fixture.RefusedAsync(path, "transactions", KnownAtPolicy.OfColumn("loaded"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_timed_by_arrival_takes_its_times_from_the_log_or_from_a_column()
    {
        var before = TimeProvider.System.GetUtcNow();
        var path = fixture.Write("r.csv", "meter,level,day\na,1.5,2020-01-01\nb,2.5,\n");
        var dated = fixture.Write("s.csv", "meter,level,read_at\nc,1.5,2020-01-01T00:00:00Z\n");

        Assert.Equal(new ImportProgress(2, 2, 0, 0), await fixture.ImportAsync(path, "readings"));
        Assert.Equal(new ImportProgress(2, 0, 0, 2), await fixture.ImportAsync(path, "readings"));
        Assert.Equal(new ImportProgress(1, 1, 0, 0), await fixture.ImportAsync(dated, "readings", KnownAtPolicy.OfColumn("read_at")));

        Assert.All(fixture.Logs.Seen, r => Assert.Equal(r.Stamp.KnownAt.Micros, r.Stamp.EventTime.Micros));
        Assert.True(fixture.Logs.Seen[0].Stamp.KnownAt >= Engine.Time.KnownAt.From(before));
        Assert.Equal("2020-01-01T00:00:00Z", fixture.Logs.Seen[2].Stamp.EventTime.ToString());
        var refused = await fixture.RefusedAsync(path, "readings", KnownAtPolicy.EventTime);
        Assert.Equal("FLY3020", refused.Code);
        Assert.Contains("no column of event time", refused.Message, StringComparison.Ordinal);
        Assert.Equal("FLY3021", (await fixture.RefusedAsync(path, "readings", KnownAtPolicy.OfColumn("day"))).Code);
    }
}
