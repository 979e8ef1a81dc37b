using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Flyball.EndToEnd.Tests.Serving;

/// <summary>An answer, or that there was none.</summary>
/// <param name="Begun">When its request was sent, as a timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="Ended">When it was there.</param>
/// <param name="Status">Of HTTP; 0 when the connection broke.</param>
internal sealed record SeenAnswer(long Begun, long Ended, int Status, int Version, string? Digest, string? Rung)
{
    public double Milliseconds => Stopwatch.GetElapsedTime(Begun, Ended).TotalMilliseconds;
}

/// <summary>Clients that predict one after the other, with a pause between, until they are stopped.</summary>
internal sealed class SteadyLoad(Uri address, int clients, TimeSpan pause, string? timeout = null)
{
    private readonly List<SeenAnswer> seen = [];
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public void Start() => running = Task.WhenAll(Enumerable.Range(0, clients).Select(c => Task.Factory.StartNew(() => ClientAsync(c), TaskCreationOptions.LongRunning).Unwrap()));

    /// <summary>Ends it, and answers what was seen since the start.</summary>
    public async Task<IReadOnlyList<SeenAnswer>> StopAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
        return seen;
    }

    private async Task ClientAsync(int client)
    {
        using var http = new HttpClient { BaseAddress = address };
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var answer = await AskAsync(http, (client * 10_000_000) + n);
            lock (seen)
            {
                seen.Add(answer);
            }

            await Task.Delay(pause, CancellationToken.None);
        }
    }

    private async Task<SeenAnswer> AskAsync(HttpClient http, int id)
    {
        var body = string.Create(CultureInfo.InvariantCulture, $$"""{"payment_id":{{90_000_000 + id}},"event_time":"{{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.ffffffZ}}","customer_id":{{id % 20}},"amount":{{id % 250}}.5}""");
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/models/shop/predict") { Content = content };
        if (timeout is not null)
        {
            request.Headers.Add("X-Flyball-Timeout", timeout);
        }

        var begun = Stopwatch.GetTimestamp();
        try
        {
            using var response = await http.SendAsync(request);
            var document = JsonNode.Parse(await response.Content.ReadAsStringAsync());
            return new SeenAnswer(begun, Stopwatch.GetTimestamp(), (int)response.StatusCode, document?["version"]?.GetValue<int>() ?? 0, document?["digest"]?.GetValue<string>(), document?["rung"]?.GetValue<string>());
        }
        catch (HttpRequestException)
        {
            return new SeenAnswer(begun, Stopwatch.GetTimestamp(), 0, 0, null, null);
        }
    }
}
