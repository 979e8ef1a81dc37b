using Flyball.Access;
using Flyball.Contracts;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Contracts;

/// <summary>A host in this process with the routes of contracts, events and quarantine, and nothing else.</summary>
internal static class ContractsHost
{
    /// <param name="add">The event log and what else the routes need.</param>
    /// <param name="keys">Who may call; none lets everybody in.</param>
    /// <param name="logs">Gets what the host writes to its log; null drops it.</param>
    public static async Task<WebApplication> StartAsync(Action<IServiceCollection> add, IReadOnlyList<ApiKey>? keys = null, ILoggerProvider? logs = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace);
        if (logs is not null)
        {
            builder.Logging.AddProvider(logs);
        }

        builder.WebHost.UseTestServer();
        add(builder.Services);
        builder.Services.AddContracts();
        var app = builder.Build();
        app.Use(AnswerProblemsAsync);
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>(new AccessOptions { Keys = keys ?? [] });
        app.MapContracts();
        await app.StartAsync();
        return app;
    }

    private static async Task AnswerProblemsAsync(Microsoft.AspNetCore.Http.HttpContext context, Microsoft.AspNetCore.Http.RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (RequestBodyException e)
        {
            await ProblemResults.From(e.Problems).ExecuteAsync(context);
        }
        catch (FlyballException e)
        {
            await ProblemResults.From(e.Problem).ExecuteAsync(context);
        }
    }
}
