using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Client;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Server.LoadTests;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball loadtest</c>: finds the rate of requests at which a latency budget breaks, and writes it into the champion's record.</summary>
internal static class LoadtestCommand
{
    /// <summary>The tag of the version that holds what was found last.</summary>
    public const string Tag = "loadtest";

    private static readonly TimeSpan Warmth = TimeSpan.FromSeconds(1);

    public static Command Create(SharedOptions shared)
    {
        var model = new Argument<string>("MODEL") { Description = "The model to ask." };
        var budget = new Option<string>("--budget") { Description = "The longest that the quantile of latencies may be, such as 50ms.", DefaultValueFactory = _ => "50ms", HelpName = "TIME" };
        var quantile = new Option<string>("--quantile") { Description = "Which quantile: p50 to p99.99.", DefaultValueFactory = _ => "p99", HelpName = "PNN" };
        var rows = new Option<string?>("--rows") { Description = "Requests to send, .jsonl or .csv; default: those of the newest logged predictions.", HelpName = "FILE" };
        var connections = new Option<int>("--connections") { Description = "Requests under way at once, at most.", DefaultValueFactory = _ => 32, HelpName = "N" };
        var seconds = new Option<double>("--seconds") { Description = "How long each rate is offered.", DefaultValueFactory = _ => 5, HelpName = "S" };
        var most = new Option<double>("--most") { Description = "The highest rate to offer, requests a second.", DefaultValueFactory = _ => 100_000, HelpName = "RPS" };
        var command = new Command("loadtest", "Find the rate of requests at which the latency budget breaks.") { model, budget, quantile, rows, connections, seconds, most };
        new CommandRunner(shared).Set(command, async (context, cancellation) =>
        {
            var parsed = context.Parsed;
            var terms = Terms(parsed.GetValue(budget)!, parsed.GetValue(quantile)!, parsed.GetValue(connections), parsed.GetValue(seconds), parsed.GetValue(most));
            var name = parsed.GetValue(model)!;
            var version = await ChampionAsync(context.Client, name, cancellation);
            var requests = parsed.GetValue(rows) is { } file ? LoadRows.Read(file) : await LoadRows.LoggedAsync(context.Client, name, cancellation);
            return await RunAsync(context, name, version, terms, requests, cancellation);
        });
        return command;
    }

    private static async Task<CommandOutcome> RunAsync(CommandContext context, string model, int version, LoadTerms terms, IReadOnlyList<byte[]> rows, CancellationToken cancellation)
    {
        using var loop = new OpenLoop(context.Client.Http, model, rows, terms);
        var (status, body) = await loop.TryAsync(rows[0], cancellation);
        if (status != HttpStatusCode.OK)
        {
            throw new FlyballProblemException((int)status, JsonNode.Parse(body.Length > 0 ? body : "{}") as JsonObject);
        }

        await loop.OfferAsync(Math.Min(terms.First, terms.Most), Warmth, cancellation);
        var steps = new JsonArray();
        var best = await new LoadSearch(terms, rate => loop.OfferAsync(rate, terms.Step, cancellation), (step, breaks) =>
        {
            steps.Add((JsonNode)step.ToJson(terms, breaks));
            context.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{step.Rate,9:0} /s  p50 {step.P50,8:0.00} ms  p99 {step.P99,8:0.00} ms  refused {step.Refused}  degraded {step.Degraded}  {breaks ?? "holds"}");
        }).RunAsync();
        var found = new JsonObject
        {
            ["rate"] = best is null ? null : Math.Floor(best.Rate),
            ["quantile"] = string.Create(CultureInfo.InvariantCulture, $"p{terms.Quantile * 100:0.##}"),
            ["latency_ms"] = best is null ? null : Math.Round(best.Quantile(terms.Quantile), 3),
            ["budget_ms"] = terms.Budget.TotalMilliseconds,
            ["connections"] = terms.Connections,
            ["measured_at"] = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["cores"] = Environment.ProcessorCount,
        };
        if (best is not null)
        {
            await TagAsync(context.Client, model, version, found, cancellation);
        }

        return new CommandOutcome(new JsonObject { ["model"] = model, ["version"] = version, ["found"] = found, ["steps"] = steps }, console => console.WriteLine(best is null
            ? $"{model}@{version.ToString(CultureInfo.InvariantCulture)} breaks its budget at the lowest rate tried."
            : string.Create(CultureInfo.InvariantCulture, $"{model}@{version} holds {best.Rate:0} requests a second: p{terms.Quantile * 100:0.##} {best.Quantile(terms.Quantile):0.0} ms of {terms.Budget.TotalMilliseconds:0.##} ms. Written into its tag '{Tag}'.")), best is not null);
    }

    private static async Task<int> ChampionAsync(FlyballClient client, string model, CancellationToken cancellation)
    {
        var document = await client.GetAsync($"/v1/models/{Uri.EscapeDataString(model)}", cancellation);
        return document["champion"] is JsonValue number && number.TryGetValue<int>(out var version)
            ? version
            : throw new FlyballException(new Problem("FLY3934", $"{model} has no champion that could be asked.", new ProblemLocation(Field: "MODEL"), "Promote a version first: flyball models promote."));
    }

    private static async Task TagAsync(FlyballClient client, string model, int version, JsonObject found, CancellationToken cancellation)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/v1/models/{Uri.EscapeDataString(model)}/versions/{version}/tags/{Tag}");
        using var content = new StringContent(new JsonObject { ["value"] = found.ToJsonString() }.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await client.Http.PutAsync(new Uri(path, UriKind.Relative), content, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new FlyballProblemException((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) as JsonObject);
        }
    }

    /// <summary>The options as terms.</summary>
    /// <exception cref="FlyballException">FLY3935: one of them is out of its bounds.</exception>
    internal static LoadTerms Terms(string budget, string quantile, int connections, double seconds, double most)
    {
        if (!DurationText.TryParse(budget, out var micros) || micros is <= 0 or > 60_000_000)
        {
            throw Bad("--budget", "a time up to a minute, such as 50ms");
        }

        if (quantile is not ['p' or 'P', .. var percent] || !decimal.TryParse(percent, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) || share is < 50 or > 99.99m)
        {
            throw Bad("--quantile", "p50 to p99.99");
        }

        return connections is < 1 or > 4096 ? throw Bad("--connections", "1 to 4096")
            : seconds is not (>= 0.1 and <= 600) ? throw Bad("--seconds", "0.1 to 600")
            : most is not (>= 1 and <= 1_000_000) ? throw Bad("--most", "1 to 1000000")
            : new LoadTerms(TimeSpan.FromMicroseconds(micros), (double)(share / 100), connections, TimeSpan.FromSeconds(seconds), most);
    }

    private static FlyballException Bad(string option, string takes) => new(new Problem("FLY3935", $"{option} takes {takes}.", new ProblemLocation(Field: option)));
}
