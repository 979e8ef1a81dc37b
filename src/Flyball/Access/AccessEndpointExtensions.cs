using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Flyball.Access;

/// <summary>How a route states its permission, and how a handler learns who calls.</summary>
public static class AccessEndpointExtensions
{
    /// <summary>States the permission of a route. <see cref="AccessMiddleware"/> enforces it before the handler runs.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, Permission permission)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new PermissionMetadata(permission)));
        return builder;
    }

    /// <summary>The authenticated caller. Throws when the access middleware did not run: that is a bug in the host.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("The access middleware did not run for this request.");
}
