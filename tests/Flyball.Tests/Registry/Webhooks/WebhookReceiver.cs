using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Registry.Webhooks;

/// <summary>A receiver on a free port of this machine that keeps what it got and answers as it is told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebhookReceiver(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";

    public ConcurrentQueue<Received> Got { get; } = [];

    /// <summary>The status for an event; 200 when it says nothing else.</summary>
    public Func<JsonObject, int> Answer { get; set; } = _ => 200;

    public string? Location { get; set; }

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver.app.MapPost("/{**path}", receiver.TakeAsync);
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        receiver.Url = receiver.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hook";
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync();
        var body = (JsonObject)JsonNode.Parse(text)!;
        Got.Enqueue(new Received(context.Request.Path, text, body, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        context.Response.StatusCode = Answer(body);
        if (Location is { } location)
        {
            context.Response.Headers.Location = location;
        }
    }

    internal sealed record Received(string Path, string Text, JsonObject Body, IReadOnlyDictionary<string, string> Headers);
}
