using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Benchmarks.Serving;

/// <summary>A bare Kestrel endpoint that answers a request's own JSON: the most that any service on this stack can do.</summary>
internal static class EchoServer
{
    public static async Task Run(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{arguments[0]}");
        await using var app = builder.Build();
        app.MapPost("/predict", async context =>
        {
            while (true)
            {
                var read = await context.Request.BodyReader.ReadAsync();
                if (read.IsCompleted)
                {
                    context.Response.ContentType = "application/json";
                    context.Response.ContentLength = read.Buffer.Length;
                    foreach (var part in read.Buffer)
                    {
                        await context.Response.BodyWriter.WriteAsync(part);
                    }

                    context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                    return;
                }

                context.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        });
        await app.RunAsync();
    }
}
