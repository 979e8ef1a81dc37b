using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Flyball.Serving;

namespace Flyball.Server.LoadTests;

/// <summary>
/// Offers requests at a rate whatever the answers do. Each has a time at which it is due, and its latency counts from there: a server that is slow
/// makes the next requests late, and that is seen.
/// </summary>
/// <remarks>The clock wakes it to the millisecond, and what it wakes late counts as the server's. It takes processor time of its own: on the server's
/// machine the server has less.</remarks>
internal sealed class OpenLoop : IDisposable
{
    private static readonly TimeSpan Hopeless = TimeSpan.FromSeconds(2);

    private readonly HttpClient http;
    private readonly Uri path;
    private readonly IReadOnlyList<byte[]> rows;
    private readonly LoadTerms terms;

    /// <param name="like">Whose address and key are used.</param>
    public OpenLoop(HttpClient like, string model, IReadOnlyList<byte[]> rows, LoadTerms terms)
    {
        (this.rows, this.terms) = (rows, terms);
        path = new Uri($"/v1/models/{Uri.EscapeDataString(model)}/predict", UriKind.Relative);
        http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = terms.Connections, UseProxy = false, ActivityHeadersPropagator = null }, disposeHandler: true)
        {
            BaseAddress = like.BaseAddress,
            Timeout = TimeSpan.FromSeconds(30),
        };
        http.DefaultRequestHeaders.Authorization = like.DefaultRequestHeaders.Authorization;
        http.DefaultRequestHeaders.Add(RequestPurpose.Header, "test");
    }

    /// <summary>Offers a rate for a while.</summary>
    public async Task<LoadStep> OfferAsync(double rate, TimeSpan time, CancellationToken cancellation)
    {
        var pace = new Pace(rate, Math.Max(1, (int)(rate * time.TotalSeconds)), cancellation);
        var workers = Enumerable.Range(0, Math.Min(terms.Connections, pace.Total)).Select(_ => WorkAsync(pace)).ToList();
        var done = await Task.WhenAll(workers);
        cancellation.ThrowIfCancellationRequested();
        var latencies = done.SelectMany(d => d.Latencies).Order().ToArray();
        var seconds = Stopwatch.GetElapsedTime(pace.Begin, done.Max(d => d.Ended)).TotalSeconds;

        // The last request is due one interval before the time is over.
        return new LoadStep(rate, latencies.Length / Math.Max(seconds, pace.Total / rate), latencies.Length, latencies, done.Sum(d => d.Refused), done.Sum(d => d.Degraded));
    }

    /// <summary>Sends one request and answers what came, for whoever wants to know why requests are refused.</summary>
    public async Task<(HttpStatusCode Status, string Body)> TryAsync(byte[] row, CancellationToken cancellation)
    {
        using var request = RequestOf(row);
        using var response = await http.SendAsync(request, cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
    }

    public void Dispose() => http.Dispose();

    private async Task<Tally> WorkAsync(Pace pace)
    {
        var tally = new Tally();
        while (pace.TryNext(out var number, out var due))
        {
            if (due - Stopwatch.GetTimestamp() is > 0 and var early)
            {
                await Task.Delay(TimeSpan.FromSeconds((double)early / Stopwatch.Frequency), TimeProvider.System, CancellationToken.None);
            }

            var (good, full) = await SendAsync(rows[number % rows.Count], pace.Cancellation);
            tally.Ended = Stopwatch.GetTimestamp();
            var latency = Stopwatch.GetElapsedTime(due, tally.Ended);
            tally.Latencies.Add(latency.TotalMilliseconds);
            tally.Refused += good ? 0 : 1;
            tally.Degraded += good && !full ? 1 : 0;
            if (latency > Hopeless + terms.Budget)
            {
                pace.GiveUp();
            }
        }

        return tally;
    }

    private async Task<(bool Good, bool Full)> SendAsync(byte[] row, CancellationToken cancellation)
    {
        using var request = RequestOf(row);
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            return (response.StatusCode == HttpStatusCode.OK, body.AsSpan().IndexOf("\"rung\":\"full\""u8) >= 0);
        }
        catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException)
        {
            return (false, false);
        }
    }

    private HttpRequestMessage RequestOf(byte[] row)
    {
        var content = new ByteArrayContent(row);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }

    /// <summary>Numbers requests and says when each is due.</summary>
    private sealed class Pace(double rate, int total, CancellationToken cancellation)
    {
        private int next = -1;
        private volatile bool over;

        public int Total => total;

        public long Begin { get; } = Stopwatch.GetTimestamp();

        public CancellationToken Cancellation => cancellation;

        public void GiveUp() => over = true;

        public bool TryNext(out int number, out long due)
        {
            number = Interlocked.Increment(ref next);
            due = Begin + (long)(number / rate * Stopwatch.Frequency);
            return number < total && !over && !cancellation.IsCancellationRequested;
        }
    }

    /// <summary>What one worker saw.</summary>
    private sealed class Tally
    {
        public List<double> Latencies { get; } = [];

        public int Refused { get; set; }

        public int Degraded { get; set; }

        public long Ended { get; set; } = Stopwatch.GetTimestamp();
    }
}
