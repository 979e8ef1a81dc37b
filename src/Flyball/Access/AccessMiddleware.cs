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

    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";

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

        var caller = Identify(context, endpoint);
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

    private Caller? Identify(HttpContext context, Endpoint endpoint)
    {
        if (digests.Length == 0)
        {
            return IdentifyLoopback(context);
        }

        var header = context.Request.Headers.Authorization.ToString();
        var key = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim()
            : endpoint.Metadata.GetMetadata<PasswordMetadata>() is not null ? PasswordOf(header)
            : null;
        if (key is null)
        {
            return null;
        }

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        for (var i = 0; i < digests.Length; i++)
        {
            if (CryptographicOperations.FixedTimeEquals(digest, digests[i]))
            {
                return new Caller(options.Keys[i].Name, "key", options.Keys[i].Permissions);
            }
        }

        return null;
    }

    /// <summary>The password of RFC 7617's user and password; the user is whatever the client likes, and gives nobody a name. Null when it is none.</summary>
    private static string? PasswordOf(string header)
    {
        if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var encoded = header[Basic.Length..].Trim();
        var decoded = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, decoded, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(decoded, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? text[(colon + 1)..] : null;
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
