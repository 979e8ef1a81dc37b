using Flyball.Access;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Registry;

/// <summary>The routes of registered models.</summary>
internal static class NameEndpoints
{
    public static void MapNames(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/models", CreateAsync).RequirePermission(Permission.Build)
            .WithName("CreateModel").WithSummary("Register a model by name").WithTags("registry");
        routes.MapPatch("/v1/models/{model}", ChangeAsync).RequirePermission(Permission.Build)
            .WithName("ChangeModel").WithSummary("Rename or describe a model").WithTags("registry");
        routes.MapDelete("/v1/models/{model}", DeleteAsync).RequirePermission(Permission.Operate)
            .WithName("DeleteModel").WithSummary("Delete a model that nothing was decided with").WithTags("registry");
        routes.MapPut("/v1/models/{model}/tags/{key}", SetTagAsync).RequirePermission(Permission.Build)
            .WithName("SetModelTag").WithSummary("Set a tag of a model").WithTags("registry");
        routes.MapDelete("/v1/models/{model}/tags/{key}", DeleteTagAsync).RequirePermission(Permission.Build)
            .WithName("DeleteModelTag").WithSummary("Take a tag of a model away").WithTags("registry");
        routes.MapPost("/v1/models/{model}/deprecate", DeprecateAsync).RequirePermission(Permission.Operate)
            .WithName("DeprecateModel").WithSummary("Tell the users of a model to move on").WithTags("registry");
        routes.MapDelete("/v1/models/{model}/deprecate", RestoreAsync).RequirePermission(Permission.Operate)
            .WithName("RestoreModel").WithSummary("Take the deprecation of a model back").WithTags("registry");
    }

    private static async Task<IResult> CreateAsync(RequestBody<NewModel> given, HttpContext context, ModelRegistry registry, CancellationToken cancellation)
    {
        var body = given.Required;
        var draft = new ModelDraft(body.Name)
        {
            Description = body.Description,
            Tags = body.Tags ?? new Dictionary<string, string>(),
            IdempotencyKey = VersionEndpoints.Key(context),
            Reason = body.Reason,
        };
        return Answer(await registry.Names.CreateAsync(draft, context.Caller(), cancellation));
    }

    private static async Task<IResult> ChangeAsync(string model, RequestBody<ModelChange> given, HttpContext context, ModelRegistry registry, CancellationToken cancellation)
    {
        var body = given.Required;
        RegistryOutcome<RegisteredModel>? outcome = null;
        if (body.Description is not null)
        {
            outcome = await registry.Names.DescribeAsync(model, body.Description, context.Caller(), body.Reason, cancellation);
        }

        if (outcome is null || (outcome.Ok && body.Name is not null))
        {
            outcome = await registry.Names.RenameAsync(model, body.Name ?? model, context.Caller(), body.Reason, cancellation);
        }

        return Answer(outcome!);
    }

    private static async Task<IResult> DeleteAsync(string model, string? reason, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Names.DeleteAsync(model, context.Caller(), reason, cancellation));

    private static async Task<IResult> SetTagAsync(string model, string key, RequestBody<TagValue> given, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Names.SetTagAsync(model, key, given.Required.Value, context.Caller(), given.Required.Reason, cancellation));

    private static async Task<IResult> DeleteTagAsync(string model, string key, string? reason, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Names.DeleteTagAsync(model, key, context.Caller(), reason, cancellation));

    private static async Task<IResult> DeprecateAsync(string model, RequestBody<NewDeprecation> given, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Deprecations.DeprecateAsync(model, given.Given?.Sunset, given.Given?.Note, context.Caller(), cancellation));

    private static async Task<IResult> RestoreAsync(string model, string? reason, HttpContext context, ModelRegistry registry, CancellationToken cancellation) =>
        Answer(await registry.Deprecations.RestoreAsync(model, context.Caller(), reason, cancellation));

    private static IResult Answer(RegistryOutcome<RegisteredModel> outcome) =>
        outcome.Ok ? Results.Json(ModelDocument.Of(outcome.Value), RegistryJson.Options) : ProblemResults.From(outcome.Problems);

    private sealed record NewModel(string Name, string? Description = null, Dictionary<string, string>? Tags = null, string? Reason = null);

    private sealed record ModelChange(string? Name = null, string? Description = null, string? Reason = null);
}
