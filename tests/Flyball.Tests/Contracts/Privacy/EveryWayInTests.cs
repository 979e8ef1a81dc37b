using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Corrections;
using Flyball.Contracts.Holds;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Profiles;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Quarantine;
using Flyball.Contracts.Versions;
using Flyball.Engine.Problems;
using Flyball.Native.DuckDb;
using Flyball.Storage.Audit;
using Flyball.Storage.Journals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Contracts.Privacy;

/// <summary>Personal values of every kind and depth, by every way in, in every fate of a row: afterwards nothing holds them.</summary>
public sealed class EveryWayInTests : IAsyncLifetime, ILoggerProvider, ILogger
{
    private const string Origin = "test.example/audit";

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-").FullName;
    private readonly string outside = Directory.CreateTempSubdirectory("flyball-").FullName;
    private readonly List<string> said = [];
    private readonly List<string> answers = [];
    private readonly List<EventRow> seen = [];
    private readonly ContractPlan present;
    private readonly Journal journal;
    private readonly EventLog log;
    private readonly AuditLog audit;
    private readonly SourceProfiles profiles;
    private WebApplication app = null!;
    private HttpClient client = null!;

    public EveryWayInTests()
    {
        (present, var earlier) = PersonalShapes.Compile();
        var contracts = new ContractSet([present]);
        journal = Journal.Open(Path.Combine(folder, "events"), new JournalOptions(), TimeProvider.System);
        log = new EventLog(
            journal,
            contracts,
            tokens: Tokeniser.For(contracts, Path.Combine(folder, "keys")),
            earlier: new EarlierContracts(TimeProvider.System, new Dictionary<string, EarlierContract> { ["people"] = earlier }));
        profiles = SourceProfiles.Open(Path.Combine(folder, "profiles"), contracts, journal.Durable, null);
        audit = AuditLog.Open(Path.Combine(folder, "audit"), Origin, AuditKey.LoadOrCreate(Path.Combine(folder, "keys"), Origin), TimeProvider.System);
        log.Subscribe(profiles.Apply);
        log.Subscribe(row =>
        {
            lock (seen)
            {
                seen.Add(row);
            }
        });
        log.Replay();
    }

    public async ValueTask InitializeAsync()
    {
        app = await ContractsHost.StartAsync(
            services => services.AddSingleton(log).AddSingleton(TimeProvider.System).AddSingleton(new QuarantineDesk(log, audit)).AddSingleton(new HoldDesk(log, audit)).AddSingleton(new RetractionDesk(log, audit)).AddSourceProfiles(profiles), logs: this);
        client = app.GetTestClient();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        await audit.DisposeAsync();
        await journal.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        Directory.Delete(outside, recursive: true);
    }

    [Fact]
    public async Task Nothing_holds_a_personal_value()
    {
        await SendEventsAsync();
        await ImportFilesAsync();
        await HoldAsync();
        await WorkInQuarantineAsync();
        await RetractAsync();
        await ReadBackAsync();

        profiles.Save();
        await journal.FlushAsync();
        Assert.True(seen.Count >= 20, $"{seen.Count} rows went in.");
        Assert.True(log.Earlier.RowsOf("people") >= 6, $"{log.Earlier.RowsOf("people")} rows went in by the earlier version.");
        Assert.True(log.QuarantineCount("people") >= 12, $"{log.QuarantineCount("people")} rows were put aside.");
        Assert.All(seen, r => Assert.All(Enumerable.Range(3, 14), i => Assert.True(r.Row[i].IsNull, $"row {r.Row[0]}: {present.Schema.Fields[i].Name}")));
        Assert.All(seen, r => Assert.True(Tokeniser.IsToken(r.Row[2].AsText)));
        foreach (var planted in PersonalShapes.Planted)
        {
            Assert.All(answers.Concat(said), a => Assert.DoesNotContain(planted, a, StringComparison.OrdinalIgnoreCase));
            Assert.All(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) is not ("lock" or "watermark")), file => Assert.False(Holds(file, planted), $"{file} holds {planted}"));
        }
    }

    /// <summary>Answers name the contract's members, and nothing that a sender wrote.</summary>
    [Theory]
    [InlineData("""{"planted":1}""", "FLY3105")]
    [InlineData("""{"street":"x","zip":"1","planted":1,"planted":2}""", "FLY3106")]
    public async Task A_name_inside_a_nested_value_is_not_shown(string address, string code)
    {
        foreach (var field in new[] { "address", "plain" })
        {
            var answer = await PostAsync($$"""{"id":900,"event_time":"2024-01-01T00:00:00Z","extra":1,"{{field}}":{{address}}}""", "application/json");

            Assert.Contains(code, answer, StringComparison.Ordinal);
            Assert.DoesNotContain("planted", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_name_twice_in_a_header_is_not_shown()
    {
        var refused = await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(Write("h.csv", "planted,planted,id\nplanted,x,1\n")));

        Assert.Contains("appears twice", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_earlier_version_that_replaced_what_the_present_one_keys_by_is_refused()
    {
        var next = Sample.Compile(PersonalSample.Yaml.Replace("version: 1.0.0", "version: 2.0.0\ncustomProperties: [ { property: accepts, value: { version: 1.0.0, until: 2999-01-01T00:00:00Z } } ]", StringComparison.Ordinal).Replace("PII", "internal", StringComparison.Ordinal));

        var refused = Assert.Throws<FlyballException>(() => EarlierContract.Join(next, PersonalSample.Plan(), AcceptedVersion.Read(next)!));

        Assert.Equal("FLY1272", refused.Problem.Code);
        Assert.Contains("'email' is personal", refused.Message, StringComparison.Ordinal);
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (said)
        {
            said.Add(formatter(state, exception) + exception);
        }
    }

    void IDisposable.Dispose()
    {
    }

    private async Task SendEventsAsync()
    {
        string[] rows =
        [
            PersonalShapes.Row(1), PersonalShapes.Row(2, extra: false), PersonalShapes.Row(3, -1), PersonalShapes.Row(4, -1, extra: false),
            PersonalShapes.Row(5).Replace("\"street\"", "\"planted\"", StringComparison.Ordinal),
            PersonalShapes.Row(6).Replace("\"inner\":{", "\"inner\":{\"planted\":1,\"planted\":2,", StringComparison.Ordinal),
            PersonalShapes.Row(7).Replace("\"a\":1", "\"planted\":1", StringComparison.Ordinal),
            PersonalShapes.Row(8).Replace("\"born\":\"", "\"born\":\"x", StringComparison.Ordinal),
            PersonalShapes.Row(1).Replace("2024", "2025", StringComparison.Ordinal),
        ];
        foreach (var row in rows)
        {
            answers.Add(await PostAsync(row, "application/json"));
        }

        answers.Add(await PostAsync($"[{PersonalShapes.Row(10)},{PersonalShapes.Row(11, -1)},{PersonalShapes.Row(12, extra: false)}]", "application/json"));
        answers.Add(await PostAsync($"{PersonalShapes.Row(13)}\n{PersonalShapes.Row(14, -1)}\n{PersonalShapes.Row(15, extra: false)}\n", "application/x-ndjson"));
        answers.Add(await PostAsync($"{PersonalShapes.Row(16)}\n{PersonalShapes.Row(17, -1)}\n{PersonalShapes.Row(18, extra: false)}\n", "application/x-ndjson", isPacked: true));
    }

    private async Task ImportFilesAsync()
    {
        foreach (var (name, separator, first) in new[] { ("a.csv", ',', 100), ("a.tsv", '\t', 110), ("a.csv.gz", ',', 120) })
        {
            await ImportAsync(Write(name, string.Join(
                '\n',
                PersonalShapes.Columns.Replace(',', separator),
                PersonalShapes.Cells(first, separator),
                PersonalShapes.Cells(first + 1, separator, -1),
                PersonalShapes.Cells(first + 2, separator, extra: false),
                PersonalShapes.Cells(first + 3, separator, -1, extra: false),
                PersonalShapes.Cells(first + 4, separator).Replace("street\"\"", "planted\"\"", StringComparison.Ordinal)) + "\n"));
        }

        foreach (var (name, first) in new[] { ("a.ndjson", 130), ("a.ndjson.gz", 140) })
        {
            await ImportAsync(Write(name, string.Join('\n', PersonalShapes.Row(first), PersonalShapes.Row(first + 1, -1), PersonalShapes.Row(first + 2, extra: false), PersonalShapes.Row(first + 3, -1, extra: false))));
        }

        var parquet = Path.Combine(outside, "a.parquet");
        using (var database = DuckDbDatabase.OpenInMemory())
        {
            using var connection = database.Connect();
            connection.Execute($"COPY ({PersonalShapes.Sql(150)} UNION ALL {PersonalShapes.Sql(151, -1)} UNION ALL {PersonalShapes.Sql(152, extra: false)} UNION ALL {PersonalShapes.Sql(153, -1, extra: false)}) TO '{parquet}' (FORMAT parquet)");
        }

        await ImportAsync(parquet);
    }

    private async Task HoldAsync()
    {
        foreach (var (name, first, verb) in new[] { ("in", 200, "release"), ("out", 210, "discard"), ("open", 220, "") })
        {
            using var batch = log.NewBatch("people")!;
            foreach (var row in new[] { PersonalShapes.Row(first), PersonalShapes.Row(first + 1, extra: false), PersonalShapes.Row(first + 2, -1) })
            {
                batch.AddJson(Encoding.UTF8.GetBytes(row));
            }

            answers.Add((await log.IngestAsync(batch, new IngestTerms(LogFixture.Tester), LogFixture.Held, name, default)).Report!.ToJson().ToJsonString());
            answers.Add(await client.GetStringAsync($"/v1/holds/people/{name}"));
            if (verb.Length > 0)
            {
                answers.Add(await PostAsync("""{"reason":"x"}""", "application/json", $"/v1/holds/people/{name}/{verb}"));
            }
        }
    }

    private async Task WorkInQuarantineAsync()
    {
        var rows = log.ReadQuarantine("people", default, 100);
        answers.Add(await PostAsync(Edit(rows[0].Seq, JsonNode.Parse(PersonalShapes.Row(300))!), "application/json", "/v1/quarantine/people/release"));
        var shown = rows.First(r => r.Seq != rows[0].Seq && r.Form == KeptForm.Json && r.Original.Contains("-1", StringComparison.Ordinal));
        var copy = JsonNode.Parse(shown.Original)!;
        (copy["amount"], copy["extra"]) = (1, 1);
        answers.Add(await PostAsync(Edit(shown.Seq, copy), "application/json", "/v1/quarantine/people/release"));
        Assert.All(answers[^2..], a => Assert.Contains("\"released\":1", a.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal));
        answers.Add(await PostAsync("""{"reason":"x","all":true}""", "application/json", "/v1/quarantine/people/release"));
        answers.Add(await PostAsync($$"""{"reason":"x","seqs":[{{rows[^1].Seq}}]}""", "application/json", "/v1/quarantine/people/discard"));
    }

    private async Task RetractAsync()
    {
        var rows = new JsonArray(JsonNode.Parse(PersonalShapes.Row(10)), JsonNode.Parse(PersonalShapes.Row(12, extra: false)));
        var body = new JsonObject { ["reason"] = "x", ["rows"] = rows };
        answers.Add(await PostAsync(body.ToJsonString(), "application/json", "/v1/retractions/people"));
        Assert.Equal(2, (int?)JsonNode.Parse(answers[^1])!["retracted"]);
        answers.Add(await PostAsync(PersonalShapes.Row(13, 7), "application/json"));
        Assert.Equal(1, (int?)JsonNode.Parse(answers[^1])!["corrections"]);
        answers.Add(await PostAsync(new JsonObject { ["reason"] = "x", ["rows"] = new JsonArray(JsonNode.Parse(PersonalShapes.Row(13).Replace("\"street\"", "\"planted\"", StringComparison.Ordinal))) }.ToJsonString(), "application/json", "/v1/retractions/people"));
    }

    private static string Edit(long seq, JsonNode row) =>
        new JsonObject { ["reason"] = "x", ["rows"] = new JsonArray(new JsonObject { ["seq"] = seq, ["row"] = row }) }.ToJsonString();

    private async Task ReadBackAsync()
    {
        foreach (var path in new[] { "quarantine/people?limit=1000", "holds/people", "contracts/people", "contracts/people/profile", "contracts", "quality/people" })
        {
            using var response = await client.GetAsync("/v1/" + path);
            answers.Add(await response.Content.ReadAsStringAsync());
        }

        foreach (var row in log.ReadQuarantine("people", default, 1_000))
        {
            answers.Add(await client.GetStringAsync($"/v1/quarantine/people/{row.Seq}"));
        }
    }

    private async Task ImportAsync(string path) => await EventImport.RunAsync(log, "people", path, KnownAtPolicy.Assigned, LogFixture.Tester, null, default);

    /// <summary>The file is the sender's, and is not below the data directory.</summary>
    private string Write(string name, string text)
    {
        var path = Path.Combine(outside, name);
        using Stream file = File.Create(path);
        using var stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }

    private async Task<string> PostAsync(string body, string type, string path = "/v1/events/people", bool isPacked = false)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        if (isPacked)
        {
            using var packed = new MemoryStream();
            using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                stream.Write(bytes);
            }

            bytes = packed.ToArray();
        }

        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (isPacked)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        using var response = await client.PostAsync(path, content);
        return await response.Content.ReadAsStringAsync();
    }

    private static bool Holds(string file, string text)
    {
        // The journal is open for writing; who reads shares it. Two files that hold positions are not shared.
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }
}
