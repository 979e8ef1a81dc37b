using System.Net;
using System.Security.Cryptography;
using System.Text;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Access;

/// <summary>
/// Decides who calls and whether the route's permission allows it; deny by default: a route without a permission answers 403.
/// </summary>
public sealed class AccessMiddleware(RequestDelegate next, AccessOptions options)
{
    /// <summary>A loopback caller of a server without keys may state a name for the audit log with this header.</summary>
    public const string ActorHeader = "X-Flyball-Actor";

    private const int LongestActor = 64;

    private static readonly Caller Anonymous = Access.Caller.Local();

    private readonly byte[][] digests = [.. options.Keys.Select(k => k.KeyDigest.ToBytes())];

    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        // The router's own answers, such as 405, are no routes of anybody.
        if (endpoint is null or not RouteEndpoint)
        {
            return next(context);
        }

        var permission = endpoint.Metadata.GetMetadata<PermissionMetadata>()?.Permission;
        if (permission is null)
        {
            return ProblemResults.From(new Problem("FLY4003", "This route states no permission.", Remedy: "It is a defect of the program: report it.")).ExecuteAsync(context);
        }

        var caller = Identify(context);
        if (caller is null)
        {
            if (permission == Permission.Open)
            {
                return next(context);
            }

            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Refuse(endpoint, new Problem("FLY4001", "No valid key came with the request.", Remedy: "Send Authorization: Bearer and a key.")).ExecuteAsync(context);
        }

        if (!caller.May(permission.Value))
        {
            return Refuse(endpoint, new Problem("FLY4003", $"{caller.Name} may not do this: it needs the permission {permission}.")).ExecuteAsync(context);
        }

        context.Features.Set(caller);
        return next(context);
    }

    private static IResult Refuse(Endpoint endpoint, Problem problem) =>
        endpoint.Metadata.GetMetadata<RefusalMetadata>() is { } form ? form.Write(problem) : ProblemResults.From(problem);

    private Caller? Identify(HttpContext context)
    {
        if (digests.Length == 0)
        {
            return IdentifyLoopback(context);
        }

        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(header[7..].Trim()));
        for (var i = 0; i < digests.Length; i++)
        {
            if (CryptographicOperations.FixedTimeEquals(digest, digests[i]))
            {
                return new Caller(options.Keys[i].Name, "key", options.Keys[i].Permissions);
            }
        }

        return null;
    }

    private static bool IsLoopback(string host) =>
        host is "localhost" or "127.0.0.1" or "[::1]" or "" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>
    /// Refuses a page of another site that points a browser at the loopback port: the host must be ours (DNS rebinding), and so must the
    /// page that sends the request (cross-site requests).
    /// </summary>
    private static Caller? IdentifyLoopback(HttpContext context)
    {
        var host = context.Request.Host.Host;
        var ours = IsLoopback(host) && (context.Request.Headers.Origin.Count == 0 || (Uri.TryCreate(context.Request.Headers.Origin.ToString(), UriKind.Absolute, out var origin) && IsLoopback(origin.Host)));
        var remote = context.Connection.RemoteIpAddress;
        if (!ours || (remote is not null && !IPAddress.IsLoopback(remote)))
        {
            return null;
        }

        var stated = context.Request.Headers[ActorHeader];
        if (stated.Count == 0)
        {
            return Anonymous;
        }

        var name = stated.ToString();
        return name.Length is > 0 and <= LongestActor && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@') ? Access.Caller.Local(name) : null;
    }
}
