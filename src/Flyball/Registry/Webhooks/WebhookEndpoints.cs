using System.Security.Cryptography;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Registry.Webhooks;

/// <summary>The routes and services of webhooks.</summary>
public static class WebhookEndpoints
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.TryAddSingleton(new WebhookOptions());
        services.TryAddSingleton(s => new WebhookSender(s.GetRequiredService<WebhookOptions>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(s => new RegistryWebhooks(
            s.GetRequiredService<Workspace>().Catalog, s.GetRequiredService<WebhookSender>(), s.GetRequiredService<AuditTrail>(), s.GetRequiredService<WebhookOptions>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(s => new WebhookDelivery(
            new WebhookStore(s.GetRequiredService<Workspace>().Catalog),
            s.GetRequiredService<WebhookSender>(),
            s.GetRequiredService<WebhookOptions>(),
            s.GetRequiredService<TimeProvider>(),
            new Random(RandomNumberGenerator.GetInt32(int.MaxValue)),
            s.GetRequiredService<ILogger<WebhookDelivery>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WebhookLoop>());
        return services;
    }

    public static IEndpointRouteBuilder MapWebhooks(this IEndpointRouteBuilder routes)
    {
        const string one = "/v1/registry/webhooks/{id}";
        routes.MapGet("/v1/registry/webhooks", (int? limit, int? offset, RegistryWebhooks webhooks) =>
                Json(new { webhooks = webhooks.List(ListPage.Limit(limit, usual: 100), Math.Max(0, offset ?? 0)).Select(Document) })).RequirePermission(Permission.Read)
            .WithName("ListWebhooks").WithSummary("Where events of the registry are delivered to").WithTags("registry");
        routes.MapGet(one, (string id, RegistryWebhooks webhooks) => webhooks.Find(id) is { } found ? Json(Document(found)) : Unknown()).RequirePermission(Permission.Read)
            .WithName("GetWebhook").WithSummary("One webhook and what waits for it").WithTags("registry");
        routes.MapPost("/v1/registry/webhooks", CreateAsync).RequirePermission(Permission.Operate)
            .WithName("CreateWebhook").WithSummary("Deliver events to a URL").WithTags("registry");
        routes.MapPatch(one, UpdateAsync).RequirePermission(Permission.Operate)
            .WithName("UpdateWebhook").WithSummary("Change a webhook").WithTags("registry");
        routes.MapDelete(one, DeleteAsync).RequirePermission(Permission.Operate)
            .WithName("DeleteWebhook").WithSummary("Take a webhook away").WithTags("registry");
        routes.MapPost(one + "/replay", ReplayAsync).RequirePermission(Permission.Operate)
            .WithName("ReplayWebhook").WithSummary("Deliver every event after a cursor again").WithTags("registry");
        routes.MapPost(one + "/test", TestAsync).RequirePermission(Permission.Operate)
            .WithName("TestWebhook").WithSummary("Send an example now").WithTags("registry");
        return routes;
    }

    private static async Task<IResult> CreateAsync(RequestBody<WebhookBody> given, HttpContext context, RegistryWebhooks webhooks, CancellationToken cancellation) =>
        Answer(await webhooks.CreateAsync(given.Required.Draft(), context.Caller(), cancellation));

    private static async Task<IResult> UpdateAsync(string id, RequestBody<WebhookBody> given, HttpContext context, RegistryWebhooks webhooks, CancellationToken cancellation) =>
        Answer(await webhooks.UpdateAsync(id, given.Required.Draft(), context.Caller(), cancellation));

    private static async Task<IResult> DeleteAsync(string id, string? reason, HttpContext context, RegistryWebhooks webhooks, CancellationToken cancellation) =>
        Answer(await webhooks.DeleteAsync(id, context.Caller(), reason, cancellation));

    private static async Task<IResult> ReplayAsync(string id, RequestBody<Cursor> given, HttpContext context, RegistryWebhooks webhooks, CancellationToken cancellation) =>
        ListPage.Check(1, given.Required.After) is { } problem ? ProblemResults.From(problem) : Answer(await webhooks.ReplayAsync(id, given.Required.After, context.Caller(), cancellation));

    private static async Task<IResult> TestAsync(string id, RequestBody<Example> given, HttpContext context, RegistryWebhooks webhooks, CancellationToken cancellation) =>
        await webhooks.TestAsync(id, given.Given?.Event, context.Caller(), cancellation) is { } result
            ? Json(new { success = result.Ok, response_status = result.Status, error_message = result.Error })
            : Unknown();

    private static IResult Answer(RegistryOutcome<Webhook> outcome) => outcome.Ok ? Json(Document(outcome.Value)) : ProblemResults.From(outcome.Problems);

    private static object Document(Webhook webhook) => new
    {
        webhook.Id,
        webhook.Name,
        webhook.Url,
        webhook.Description,
        webhook.Events,
        webhook.Status,
        webhook.CreatedBy,
        created_at = new EventTime(webhook.CreatedMicros).ToString(),
        updated_at = new EventTime(webhook.UpdatedMicros).ToString(),
        webhook.Pending,
        webhook.LastFailure,
    };

    private static IResult Unknown() => ProblemResults.From(new Problem("FLY4004", "There is no such webhook.", new ProblemLocation(Field: "id"), "GET /v1/registry/webhooks lists them."));

    private static IResult Json(object? body) => Results.Json(body, RegistryJson.Options);

    private sealed record WebhookBody(
        string? Name = null, string? Url = null, IReadOnlyList<WebhookEvent>? Events = null, string? Description = null, string? Secret = null, string? Status = null)
    {
        public WebhookDraft Draft() => new() { Name = Name, Url = Url, Events = Events, Description = Description, Secret = Secret, Status = Status };
    }

    private sealed record Cursor(long After);

    private sealed record Example(WebhookEvent? Event = null);
}
