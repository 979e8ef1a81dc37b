using System.Net;
using Flyball.Engine.Expressions;
using Flyball.Training;
using Flyball.Training.Encodings;

namespace Flyball.Serving.Backends;

/// <summary>
/// Asks a model on another server, within what is left of the request's time. It goes to the declared address alone: no redirect, no proxy, no cookie;
/// answers are bounded, and so is the number that wait. Every failure is an exception, which the version's breaker counts and the next rung answers for.
/// </summary>
/// <remarks>A thread waits for each request: the number that may is what serving loses at most while the other side is frozen.</remarks>
internal sealed class RemoteBackend : IBatchScorer
{
    private const int LargestAnswer = 64 << 10;
    private const int LargestHeadersKilobytes = 16;
    private const int WidestOnStack = 256;

    /// <summary>The name of the other server may move.</summary>
    private static readonly TimeSpan OldestConnection = TimeSpan.FromMinutes(2);

    private readonly RemoteTerms terms;
    private readonly bool isProbability;
    private readonly TimeSpan timeout;
    private readonly HttpClient client;
    private readonly SemaphoreSlim places = new(RemoteTerms.MostWaiting, RemoteTerms.MostWaiting);

    public RemoteBackend(RemoteTerms terms, ModelManifest manifest, bool isProbability)
    {
        this.terms = terms;
        this.isProbability = isProbability;
        timeout = TimeSpan.FromMicroseconds(terms.TimeoutMicros);
        Manifest = manifest;
        Encoder = BundleScorer.EncoderOf(manifest);
        client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = timeout,
            MaxConnectionsPerServer = RemoteTerms.MostWaiting,
            MaxResponseHeadersLength = LargestHeadersKilobytes,
            PooledConnectionLifetime = OldestConnection,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>What <see cref="Kind"/> says.</summary>
    public const string Name = "remote";

    public string Kind => Name;

    public ModelManifest Manifest { get; }

    public FeatureEncoder Encoder { get; }

    /// <summary>How long an answer may take by the model's file.</summary>
    public TimeSpan LongestWait => timeout;

    /// <summary>Sends one row and waits for its score.</summary>
    /// <exception cref="RemoteModelException">There is none.</exception>
    public Score ScoreOne(ReadOnlySpan<Value> vector, Value[]? row = null, TimeSpan? within = null)
    {
        var input = Encoder.Width <= WidestOnStack ? stackalloc float[Encoder.Width] : new float[Encoder.Width];
        Encoder.Encode(vector, input);
        var score = 0d;
        Exchange(input, new Span<double>(ref score), within);
        return Finish(score);
    }

    /// <summary>Sends rows in one request and waits for their scores: all of them, or none.</summary>
    /// <exception cref="RemoteModelException">There are none, or one of them is no score.</exception>
    public void ScoreBatch(IReadOnlyList<Value[]> vectors, Span<Score> scores, TimeSpan? within = null)
    {
        var inputs = new float[vectors.Count * Encoder.Width];
        for (var i = 0; i < vectors.Count; i++)
        {
            Encoder.Encode(vectors[i], inputs.AsSpan(i * Encoder.Width, Encoder.Width));
        }

        var answered = new double[vectors.Count];
        Exchange(inputs, answered, within);
        for (var i = 0; i < answered.Length; i++)
        {
            scores[i] = Finish(answered[i]);
        }
    }

    public void Dispose()
    {
        client.Dispose();
        places.Dispose();
    }

    private void Exchange(ReadOnlySpan<float> inputs, Span<double> scores, TimeSpan? within)
    {
        var budget = within is { } left && left < timeout ? left : timeout;
        if (budget <= TimeSpan.Zero)
        {
            throw new RemoteModelException(RemoteModelException.Timeout);
        }

        if (!places.Wait(0, CancellationToken.None))
        {
            throw new RemoteModelException(RemoteModelException.Busy);
        }

        try
        {
            using var request = RemoteExchange.Request(terms, inputs, scores.Length, budget);
            RemoteExchange.Scores(Ask(request, budget), terms.Output, scores);
        }
        finally
        {
            places.Release();
        }
    }

    private byte[] Ask(HttpRequestMessage request, TimeSpan budget)
    {
        using var limit = new CancellationTokenSource(budget, TimeProvider.System);
        try
        {
            // The whole answer is read here, up to its bound and within the limit.
            using var response = client.Send(request, HttpCompletionOption.ResponseContentRead, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new RemoteModelException(RemoteModelException.Status);
            }

            using var body = new MemoryStream();
            response.Content.ReadAsStream(limit.Token).CopyTo(body);
            return body.ToArray();
        }
        catch (OperationCanceledException)
        {
            throw new RemoteModelException(RemoteModelException.Timeout);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
        {
            throw new RemoteModelException(limit.IsCancellationRequested ? RemoteModelException.Timeout : RemoteModelException.Unreachable);
        }
    }

    private Score Finish(double score) => !double.IsFinite(score) || (isProbability && score is < 0 or > 1)
        ? throw new RemoteModelException(RemoteModelException.Malformed)
        : new Score((float)score, score);
}
