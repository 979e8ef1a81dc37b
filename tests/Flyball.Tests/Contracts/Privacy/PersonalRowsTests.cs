using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Quarantine;
using Flyball.Engine.Problems;
using Flyball.Tests.Contracts.Quarantine;

namespace Flyball.Tests.Contracts.Privacy;

public sealed class PersonalRowsTests
{
    private const string Email = "jane.planted@example.com";
    private const string Born = "1977-05-04";
    private const string Note = "secret-note-31";

    private static readonly string[] Planted = ["planted", Born, Note];

    /// <summary>Every way in and every fate of a row: afterwards no file below the data directory, no answer and no log line has the values.</summary>
    [Fact]
    public async Task Personal_values_are_nowhere_whatever_becomes_of_the_row()
    {
        await using var fixture = new DeskFixture(PersonalSample.Plan());
        using var client = await fixture.ServeAsync();
        var answers = new List<string>();
        string[] bodies =
        [
            PersonalSample.Visit(1, Email),
            PersonalSample.Visit(1, Email),
            PersonalSample.Visit(1, "other." + Email),
            PersonalSample.Visit(2, Email, amount: -1),
            PersonalSample.Visit(3, "planted without an at sign"),
            PersonalSample.Visit(4, Email, born: Born + "x"),
            PersonalSample.Visit(5, Email).Replace("email", "emial", StringComparison.Ordinal),
            PersonalSample.Visit(6, Email).Replace("\"visit_id\"", $"\"{Email}\":1,\"visit_id\"", StringComparison.Ordinal),
            PersonalSample.Visit(7, Email).Replace($"\"{Email}\"", $"[\"{Email}\"]", StringComparison.Ordinal),
            PersonalSample.Visit(8, Email).Replace("\"amount\"", $"\"email\":\"{Email}\",\"amount\"", StringComparison.Ordinal),
            PersonalSample.Visit(9, Email + "\\ud800"),
            PersonalSample.Visit(10, new string('x', 80) + Email),
            $"[[\"{Email}\"], \"{Email}\", {PersonalSample.Visit(11, Email)}]",
            PersonalSample.Visit(12, Email) + "{",
            $"{{\"visit_id\":13,\"email\":\"{Email}",
        ];
        foreach (var body in bodies)
        {
            answers.Add(await PostAsync(client, body, "application/json"));
        }

        answers.Add(await PostAsync(client, $"{PersonalSample.Visit(20, Email)}\n{PersonalSample.Visit(21, Email, -1)}\n\"{Email}\"\n", "application/x-ndjson"));
        answers.Add(await PostAsync(client, $"{PersonalSample.Visit(22, Email)}\n{{\"email\":\"{Email}", "application/x-ndjson"));
        answers.Add((await fixture.Logs.HoldAsync("visits", [PersonalSample.Visit(30, Email), PersonalSample.Visit(31, Email, -1)], "held")).Report!.ToJson().ToJsonString());
        await ImportAsync(fixture, "a.csv", $"visit_id,event_time,email,born,note,amount\n40,2024-01-01T00:00:00Z,{Email},{Born},{Note},1\n41,2024-01-01T00:00:00Z,{Email},{Born},{Note},-1\n42,x,planted,{Born}x,{Note},1\n43,{Email}\n\"44\"\"{Email}\n");
        await ImportAsync(fixture, "a.ndjson", $"{PersonalSample.Visit(50, Email)}\n{PersonalSample.Visit(51, Email, -1)}\n{{\"email\":\"{Email}\"\n");
        var headerless = await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(fixture, "h.csv", $"40,2024-01-01T00:00:00Z,{Email},{Born},{Note},1\n"));
        answers.Add(headerless.ToString());
        answers.AddRange(await ReadBackAsync(client));

        await fixture.Logs.Journal.FlushAsync();
        Assert.True(fixture.Logs.Seen.Count >= 3, $"{fixture.Logs.Seen.Count} rows went in.");
        Assert.True(fixture.Open("visits").Count >= 15, "Many were put aside.");
        foreach (var planted in Planted)
        {
            Assert.DoesNotContain(answers, a => a.Contains(planted, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(fixture.Said, a => a.Contains(planted, StringComparison.OrdinalIgnoreCase));
        }

        var tokens = 0;
        await fixture.Logs.ReopenAsync(() =>
        {
            foreach (var file in Directory.EnumerateFiles(fixture.Logs.Folder, "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length > 0))
            {
                var bytes = File.ReadAllBytes(file);
                Assert.All(Planted, planted => Assert.False(Holds(bytes, planted), $"{file} holds {planted}"));
                tokens += Holds(bytes, "tok_") ? 1 : 0;
            }
        });
        Assert.True(tokens > 0, "The rows are there, under tokens.");
    }

    [Fact]
    public async Task Equal_values_have_equal_tokens_and_the_checks_ran_on_the_value()
    {
        await using var fixture = new DeskFixture(PersonalSample.Plan());
        var report = (await fixture.Logs.IngestAsync("visits", PersonalSample.Visit(1, Email), PersonalSample.Visit(2, Email), PersonalSample.Visit(3, "b@c"), PersonalSample.Visit(4, "none"))).Report!;

        Assert.Equal("FLY3107", Assert.Single(report.Reasons).Problems[0].Code);
        var tokens = fixture.Logs.Seen.Select(r => r.Row[2].AsText).ToList();
        Assert.Equal(tokens[0], tokens[1]);
        Assert.NotEqual(tokens[0], tokens[2]);
        Assert.All(tokens, t => Assert.True(Tokeniser.IsToken(t)));
        Assert.All(fixture.Logs.Seen, r => Assert.True(r.Row[3].IsNull && r.Row[4].IsNull));
        await fixture.Logs.ReopenAsync();
        Assert.Equal(tokens, fixture.Logs.Seen.Select(r => r.Row[2].AsText));
        Assert.Equal(1, (await fixture.Logs.IngestAsync("visits", PersonalSample.Visit(1, Email))).Report!.Duplicates);
    }

    [Fact]
    public async Task A_required_value_that_is_dropped_still_has_to_come()
    {
        await using var fixture = new DeskFixture(PersonalSample.Plan());

        var report = (await fixture.Logs.IngestAsync("visits", PersonalSample.Visit(1, Email).Replace($"\"born\":\"{Born}\",", "", StringComparison.Ordinal))).Report!;

        Assert.Equal(("FLY3101", "born"), (report.Reasons[0].Problems[0].Code, report.Reasons[0].Problems[0].Where!.Field));
    }

    [Fact]
    public async Task A_row_with_replaced_values_is_released_with_the_token_its_value_has()
    {
        await using var fixture = new DeskFixture(PersonalSample.Plan());
        await fixture.Logs.IngestAsync("visits", PersonalSample.Visit(1, Email), PersonalSample.Visit(2, Email, -1));
        await ImportAsync(fixture, "a.csv", $"visit_id,event_time,email,born,note,amount\n3,2024-01-01T00:00:00Z,{Email},{Born},{Note},-1\n");
        await fixture.Logs.ReopenAsync(Sample.Compile(PersonalSample.Yaml.Replace("minimum: 0", "minimum: -9", StringComparison.Ordinal)));

        var decided = await fixture.Desk.ReleaseAsync("visits", new RowSelection([]), LogFixture.Tester, "refunds", default);

        Assert.Equal(2, decided.Rows.Count);
        Assert.Equal([1L, 2L, 3L], fixture.Logs.Seen.Select(r => r.Row[0].AsInteger));
        Assert.Single(fixture.Logs.Seen.Select(r => r.Row[2].AsText).Distinct());
        Assert.All(fixture.Logs.Seen, r => Assert.True(r.Row[3].IsNull));
    }

    [Theory]
    [InlineData("a value that failed its checks", "none")]
    [InlineData("what looks like a token and is none", "tok_AAAAAAAAAAAAAAAAAAAAA!")]
    public async Task A_personal_value_that_did_not_pass_is_not_released(string why, string email)
    {
        Assert.NotEmpty(why);
        await using var fixture = new DeskFixture(PersonalSample.Plan());
        await fixture.Logs.IngestAsync("visits", PersonalSample.Visit(1, email));

        var refusal = await Assert.ThrowsAsync<FlyballException>(() => fixture.Desk.ReleaseAsync("visits", new RowSelection([]), LogFixture.Tester, "x", default));

        Assert.Contains("FLY3143", refusal.Problem.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Logs.Seen);
    }

    [Fact]
    public async Task An_edited_row_may_carry_tokens_from_the_listing_or_new_values()
    {
        await using var fixture = new DeskFixture(PersonalSample.Plan());
        await fixture.Logs.IngestAsync("visits", PersonalSample.Visit(1, Email), PersonalSample.Visit(2, Email, -1), PersonalSample.Visit(3, Email, -1), PersonalSample.Visit(4, "none"));
        var rows = fixture.Log.ReadQuarantine("visits", default, 9);
        Task<DecidedRows> EditAsync(QuarantinedRow row, string json) => fixture.Desk.ReleaseAsync(
            "visits", new RowSelection([]) { Edits = new Dictionary<long, string> { [row.Seq] = json } }, LogFixture.Tester, "x", default);

        await EditAsync(rows[0], rows[0].Original.Replace("-1", "1", StringComparison.Ordinal));
        await EditAsync(rows[1], PersonalSample.Visit(3, Email));
        await Assert.ThrowsAsync<FlyballException>(() => EditAsync(rows[2], rows[2].Original));

        Assert.Equal(3, fixture.Logs.Seen.Count);
        Assert.Single(fixture.Logs.Seen.Select(r => r.Row[2].AsText).Distinct());
    }

    /// <summary>A sender cannot choose a token: what comes through the door is a value, whatever it looks like.</summary>
    [Fact]
    public async Task A_token_that_is_sent_is_tokenised_like_any_value()
    {
        await using var fixture = new DeskFixture(Sample.Compile(PersonalSample.Yaml.Replace("pattern: \"^[^@]+@[^@]+$\", ", "", StringComparison.Ordinal)));
        await fixture.Logs.IngestAsync("visits", PersonalSample.Visit(1, Email));
        var token = fixture.Logs.Seen[0].Row[2].AsText;

        await fixture.Logs.IngestAsync("visits", PersonalSample.Visit(2, token));

        Assert.NotEqual(token, fixture.Logs.Seen[1].Row[2].AsText);
        Assert.Equal(token, fixture.Logs.Seen[1].Plan.ProtectKey(2, fixture.Logs.Seen[0].Row[2]).AsText);
    }

    [Fact]
    public async Task A_field_that_becomes_personal_is_not_shown_of_rows_that_were_kept_before()
    {
        await using var fixture = new DeskFixture(Sample.Compile(PersonalSample.Yaml.Replace("classification: PII", "classification: internal", StringComparison.Ordinal)));
        await fixture.Logs.IngestAsync("visits", PersonalSample.Visit(1, Email, -1), "no row");
        var plan = PersonalSample.Plan();
        await fixture.Logs.ReopenAsync(plan);

        var shown = fixture.Log.ReadQuarantine("visits", default, 9).Select(r => new OriginalKeeper(plan).Shown(r)).ToList();

        Assert.Contains("planted", fixture.Log.ReadQuarantine("visits", default, 1)[0].Original, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", shown[0], StringComparison.Ordinal);
        Assert.Contains("tok_", shown[0], StringComparison.Ordinal);
        Assert.Null(shown[1]);
    }

    private static bool Holds(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static async Task ImportAsync(DeskFixture fixture, string name, string text)
    {
        // The file is the sender's, and is not below the data directory.
        var folder = Directory.CreateTempSubdirectory("flyball-");
        try
        {
            var file = Path.Combine(folder.FullName, name);
            File.WriteAllText(file, text);
            await EventImport.RunAsync(fixture.Log, "visits", file, KnownAtPolicy.Assigned, LogFixture.Tester, null, default);
        }
        catch (FlyballException e) when (e.Problem.Message.Contains("damaged", StringComparison.Ordinal) && !e.ToString().Contains("planted", StringComparison.Ordinal))
        {
            // A quote that is never closed ends the file; what came before is in.
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<List<string>> ReadBackAsync(HttpClient client)
    {
        List<string> answers = [await client.GetStringAsync("/v1/quarantine/visits?limit=1000"), await client.GetStringAsync("/v1/holds/visits/held"), await client.GetStringAsync("/v1/contracts/visits")];
        foreach (var row in JsonNode.Parse(answers[0])!["rows"]!.AsArray())
        {
            answers.Add(await client.GetStringAsync($"/v1/quarantine/visits/{row!["seq"]}"));
        }

        using var content = new StringContent("""{"reason":"x","all":true}""", Encoding.UTF8, "application/json");
        using var released = await client.PostAsync("/v1/quarantine/visits/release", content);
        answers.Add(await released.Content.ReadAsStringAsync());
        return answers;
    }

    private static async Task<string> PostAsync(HttpClient client, string body, string type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await client.PostAsync("/v1/events/visits", content);
        return await response.Content.ReadAsStringAsync();
    }
}
