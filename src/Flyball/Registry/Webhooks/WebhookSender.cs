using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Registry.Events;

namespace Flyball.Registry.Webhooks;

/// <summary>
/// Sends one event to one URL, as MLflow's receivers expect it.
/// <list type="number">
/// <item>The host is resolved here, every address of it is judged, and the connection goes to one of those addresses: a name that
/// changes its mind between the judgement and the connection gains nothing.</item>
/// <item>Redirects are not followed, proxies and cookies not used, and the answer's body is not read.</item>
/// <item>The delivery's id depends on the webhook and the event alone, so that a receiver can tell a repetition.</item>
/// </list>
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private readonly WebhookOptions options;
    private readonly TimeProvider time;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;
    private readonly HttpClient http;

    /// <param name="resolve">The addresses of a host; null asks the machine's resolver.</param>
    public WebhookSender(WebhookOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        (this.options, this.time, this.resolve) = (options, time, resolve ?? Dns.GetHostAddressesAsync);
        http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.None,
                // A kept connection would outlive the judgement of its address.
                PooledConnectionLifetime = TimeSpan.Zero,
                ConnectCallback = ConnectAsync,
            },
            disposeHandler: true)
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public void Dispose() => http.Dispose();

    public async Task<DeliveryResult> SendAsync(string webhook, string url, string? secret, RegistryEvent told, CancellationToken cancellation)
    {
        if (WebhookRules.JudgeUrl(url, options.AllowPrivate) is { } refused)
        {
            return new DeliveryResult(null, refused.Message);
        }

        using var deadline = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        using var trace = DeliveryTrace.Begin(told.Trace);
        using var request = Request(webhook, url, secret, told);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var status = (int)response.StatusCode;
            return new DeliveryResult(status, status is >= 200 and < 300 ? null : string.Create(CultureInfo.InvariantCulture, $"the receiver answered {status}"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new DeliveryResult(null, string.Create(CultureInfo.InvariantCulture, $"no answer within {options.Timeout.TotalSeconds} s"));
        }
        catch (HttpRequestException e)
        {
            return new DeliveryResult(null, e.InnerException is AddressRefusedException inner ? inner.Message : $"no connection: {e.HttpRequestError}");
        }
    }

    internal HttpRequestMessage Request(string webhook, string url, string? secret, RegistryEvent told)
    {
        var body = new JsonObject
        {
            ["entity"] = told.Entity,
            ["action"] = told.Action,
            ["timestamp"] = told.At,
            ["sequence"] = told.Seq,
            ["data"] = told.Data.DeepClone(),
        }.ToJsonString();
        var id = new Guid(Digest.Of(string.Create(CultureInfo.InvariantCulture, $"{webhook} {told.Seq} {told.At}")).ToBytes().AsSpan(0, 16)).ToString("D");
        var stamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url)) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Add("X-MLflow-Delivery-Id", id);
        request.Headers.Add("X-MLflow-Timestamp", stamp);
        if (secret is not null)
        {
            var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{id}.{stamp}.{body}"));
            request.Headers.Add("X-MLflow-Signature", $"v1,{Convert.ToBase64String(signature)}");
        }

        return request;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await resolve(host, cancellation);
        if (addresses.Length == 0 || (!options.AllowPrivate && Array.Exists(addresses, a => !PublicAddress.Is(a))))
        {
            throw new AddressRefusedException($"{host} is not on the public internet");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class AddressRefusedException(string message) : IOException(message);
}
