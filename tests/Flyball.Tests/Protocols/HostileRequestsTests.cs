using System.Data;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flyball.Engine.Identity;
using Flyball.Tests.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Protocols;

/// <summary>Every route of MLflow's protocol and of the registry, whatever is sent to it: no defect, and what is refused leaves nothing.</summary>
public sealed partial class HostileRequestsTests
{
    /// <summary>Says so itself, and sends nothing back as it came.</summary>
    private const int NotImplemented = 501;

    private static bool All => Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_route_of_MLflow_or_the_registry_answers_with_a_defect_or_keeps_what_it_refused()
    {
        await using var server = await ServerFixture.StartAsync();
        var good = await FillAsync(server);
        var routes = Routes(server);
        Assert.True(routes.Count > 80, $"Only {routes.Count} routes were seen.");
        var failures = new List<string>();
        var (sent, known) = (0, 0);
        foreach (var (method, pattern) in routes)
        {
            var members = await MembersAsync(server, method, pattern, good);
            known += method != "GET" && pattern.StartsWith("/v1", StringComparison.Ordinal) && members.Count > 0 ? 1 : 0;
            var before = State(server);
            var taken = 0;
            foreach (var batch in Requests(method, pattern, good, members).Chunk(16))
            {
                var answers = await Task.WhenAll(batch.Select(r => SendAsync(server, method, r.Path, r.Body)));
                sent += batch.Length;
                taken += answers.Count(a => a.Status < 400);
                failures.AddRange(answers.Zip(batch).Where(a => a.First.Fault is not null)
                    .Select(a => $"{method} {Shown(a.Second.Path)} {Shown(Encoding.UTF8.GetString(a.Second.Body ?? []))}: {a.First.Status} {a.First.Fault}"));
            }

            if (taken == 0 && State(server) != before)
            {
                failures.Add($"{method} {pattern} refused everything and changed something.");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(40)) + $"\n{failures.Count} of {sent}");
        Assert.True(sent > 2_000 && known > 15, $"Only {sent} requests were sent, and the members of {known} routes known.");
    }

    /// <summary>A model with a version, a run, a logged model and a webhook, and members that the routes know with good values.</summary>
    private static async Task<JsonObject> FillAsync(ServerFixture server)
    {
        await PostAsync(server, "/v1/models", """{"name":"fuzzed"}""");
        await PostAsync(server, "/v1/models/fuzzed/versions/files", """{"source":"dummy-source"}""");
        var hook = await PostAsync(server, "/v1/registry/webhooks", """{"name":"h","url":"https://hooks.example.com/","events":[{"entity":"model_version","action":"created"}]}""");
        var run = (await PostAsync(server, "/api/2.0/mlflow/runs/create", """{"experiment_id":"0"}"""))["run"]!["info"]!["run_id"]!;
        var logged = (await PostAsync(server, "/api/2.0/mlflow/logged-models", """{"experiment_id":"0","name":"m"}"""))["model"]!["info"]!["model_id"]!;
        return new JsonObject
        {
            ["name"] = "fuzzed", ["version"] = "1", ["run_id"] = run.DeepClone(), ["experiment_id"] = "0", ["experiment_ids"] = new JsonArray("0"), ["model_id"] = logged.DeepClone(), ["key"] = "k",
            ["value"] = "v", ["alias"] = "a", ["stage"] = "Staging", ["archive_existing_versions"] = false, ["source"] = "dummy-source", ["new_name"] = "n", ["tags"] = new JsonArray(new JsonObject { ["key"] = "a", ["value"] = "b" }),
            ["metrics"] = new JsonArray(new JsonObject { ["key"] = "m", ["value"] = 1, ["timestamp"] = 1, ["step"] = 1 }), ["params"] = new JsonArray(), ["timestamp"] = 1, ["step"] = 1, ["max_results"] = 5,
            ["filter"] = "name = 'a'", ["order_by"] = new JsonArray(), ["page_token"] = "", ["status"] = "FINISHED", ["model_json"] = "{}", ["datasets"] = new JsonArray(), ["models"] = new JsonArray(), ["path"] = "a",
            ["description"] = "d", ["url"] = "https://hooks.example.com/", ["events"] = new JsonArray(), ["secret"] = "s", ["reason"] = "r", ["files"] = new JsonArray(), ["expected"] = 0, ["after"] = 0, ["comment"] = "c",
            ["webhook_id"] = hook["id"]!.DeepClone(), ["run_view_type"] = "ALL", ["view_type"] = "ALL", ["keep_for"] = "1d", ["valid_for"] = "1d", ["override"] = false, ["metric_key"] = "m", ["stages"] = new JsonArray(),
        };
    }

    /// <summary>Those that end something come last, so that the others meet what is there.</summary>
    private static List<(string Method, string Pattern)> Routes(ServerFixture server) =>
    [
        .. server.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText is { } t && (t.StartsWith("/api/2.0/mlflow", StringComparison.Ordinal) || t.StartsWith("/v1/models", StringComparison.Ordinal) || t.StartsWith("/v1/registry", StringComparison.Ordinal)))
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => (Method: m, Pattern: e.RoutePattern.RawText!)))
            .Distinct().OrderBy(r => r.Method == "DELETE" || r.Pattern.Contains("delete", StringComparison.Ordinal) || r.Pattern.Contains("retire", StringComparison.Ordinal)).ThenBy(r => r.Pattern, StringComparer.Ordinal).ThenBy(r => r.Method, StringComparer.Ordinal),
    ];

    private static IEnumerable<(string Path, byte[]? Body)> Requests(string method, string pattern, JsonObject good, JsonObject members)
    {
        var path = Parameter().Replace(pattern, m => Good(m.Groups[1].Value, pattern, good));
        if (pattern.Contains('{', StringComparison.Ordinal))
        {
            foreach (var name in HostileRequests.Names)
            {
                yield return (Parameter().Replace(pattern, name), method == "GET" ? null : "{}"u8.ToArray());
            }
        }

        if (method == "GET")
        {
            foreach (var body in HostileRequests.Bodies(good, All))
            {
                yield return ($"{path}?{Query(body)}", null);
            }

            yield break;
        }

        foreach (var body in HostileRequests.Wholes.Concat(HostileRequests.Bodies(members, All)))
        {
            yield return (path, body);
        }
    }

    /// <summary>The members that a route takes, with good values. Routes of the protocol ignore others; the registry's refuse them, and say which they know.</summary>
    private static async Task<JsonObject> MembersAsync(ServerFixture server, string method, string pattern, JsonObject good)
    {
        if (method == "GET" || pattern.StartsWith("/api", StringComparison.Ordinal))
        {
            return good;
        }

        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Parameter().Replace(pattern, m => Good(m.Groups[1].Value, pattern, good)), UriKind.Relative)) { Content = new StringContent("{\"?\":1}", Encoding.UTF8, "application/json") };
        using var response = await server.Client.SendAsync(request, Stop);
        var members = new JsonObject();
        if (MembersSaid().Match(await response.Content.ReadAsStringAsync(Stop)) is { Success: true } said)
        {
            foreach (var name in said.Groups[1].Value.Split(", "))
            {
                members[name] = good[name]?.DeepClone() ?? "x";
            }
        }

        return members;
    }

    private static string Good(string parameter, string pattern, JsonObject good) => parameter switch
    {
        "model" => "fuzzed",
        "version" => "1",
        // A test of a webhook that is there would be sent.
        "id" or "webhook_id" => pattern.EndsWith("/test", StringComparison.Ordinal) ? "nobody" : (string)good["webhook_id"]!,
        "model_id" => (string)good["model_id"]!,
        _ => "a",
    };

    /// <summary>The same members as words of a query, as far as they can be read.</summary>
    private static string Query(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return string.Join('&', document.RootElement.EnumerateObject().Select(m => $"{m.Name}={Escaped(m.Value)}"));
        }
        catch (JsonException)
        {
            return "name=%ED%A0%80&version=%00&filter=%FF&max_results=1e999&page_token=%00&limit=1e9&after=-1&offset=-99999999999&as_of=%00";
        }
    }

    private static string Escaped(JsonElement value)
    {
        try
        {
            var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
            return Uri.EscapeDataString(text.Length > 200 ? text[..200] : text);
        }
        catch (InvalidOperationException)
        {
            return "%ED%A0%80";
        }
    }

    private static async Task<(int Status, string? Fault)> SendAsync(ServerFixture server, string method, string path, byte[]? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = body is null ? null : new ByteArrayContent(body) };
        if (request.Content is { } content)
        {
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var response = await server.Client.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        var status = (int)response.StatusCode;
        // The web server answers what it cannot even read as a request by a bare 400.
        var told = status < 400 || (status == 400 && text.Length == 0) || text.Contains(path.StartsWith("/api", StringComparison.Ordinal) ? "\"error_code\"" : "\"code\"", StringComparison.Ordinal) || method == "HEAD";
        return (status, status >= 500 && status != NotImplemented ? Shown(text) : told ? null : $"is not in the route's form: {Shown(text)}");
    }

    private static async Task<JsonObject> PostAsync(ServerFixture server, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return (JsonObject)JsonNode.Parse(text)!;
    }

    /// <summary>A digest of every row of the catalog.</summary>
    private static Digest State(ServerFixture server) => server.Host.Workspace.Catalog.Read(c =>
    {
        var all = new StringBuilder();
        foreach (var table in Rows(c, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").Select(r => r.TrimEnd('\t')).ToList())
        {
            all.Append(table).AppendJoin('\n', Rows(c, $"SELECT * FROM \"{table}\"").Order(StringComparer.Ordinal));
        }

        return Digest.Of(all.ToString());
    });

    private static List<string> Rows(IDbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var found = new List<string>();
        while (rows.Read())
        {
            found.Add(string.Concat(Enumerable.Range(0, rows.FieldCount).Select(i => Convert.ToString(rows.GetValue(i), CultureInfo.InvariantCulture) + "\t")));
        }

        return found;
    }

    private static string Shown(string text) => text.Length > 160 ? text[..160] + "..." : text;

    [GeneratedRegex(@"\{\*{0,2}(?<name>\w+)(:\w+)?\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"The members are (?<names>[\w, ]+)\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MembersSaid();
}
