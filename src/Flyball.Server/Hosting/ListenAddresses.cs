using System.Net;
using Flyball.Access;
using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Flyball.Server.Hosting;

/// <summary>
/// Where a server listens: for HTTP/1.1, and where gRPC is wanted for HTTP/2 at an address of its own, because without TLS nothing tells the two apart.
/// </summary>
internal sealed class ListenAddresses
{
    private readonly string[] web;
    private readonly string[] grpc;

    /// <exception cref="FlyballException">FLY4010: without keys only loopback may be listened on. FLY4012: an address is none.</exception>
    public ListenAddresses(string urls, string? grpcUrls, AccessOptions access)
    {
        (web, grpc) = (Split(urls), Split(grpcUrls ?? ""));
        if (access.Keys.Count == 0)
        {
            RequireLoopback([.. web, .. grpc]);
        }
    }

    /// <summary>Where plain HTTP/1.1 is spoken, for a server without gRPC.</summary>
    public string Urls => string.Join(';', web);

    /// <summary>Listens for both. Endpoints of the two kinds cannot be told apart in one list of addresses.</summary>
    public void Configure(KestrelServerOptions kestrel)
    {
        if (grpc.Length == 0)
        {
            return;
        }

        foreach (var url in web)
        {
            Listen(kestrel, url, isGrpc: false);
        }

        foreach (var url in grpc)
        {
            Listen(kestrel, url, isGrpc: true);
        }
    }

    /// <summary>The real address of the first gRPC listener; null when there is none.</summary>
    /// <param name="bound">All addresses, in the order of <see cref="Configure"/>.</param>
    public string? GrpcOf(ICollection<string> bound) => grpc.Length == 0 ? null : bound.Skip(web.Length).FirstOrDefault();

    private static string[] Split(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void Listen(KestrelServerOptions kestrel, string url, bool isGrpc)
    {
        void Speak(ListenOptions listener)
        {
            var isSecure = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

            // Without TLS the two cannot be negotiated, and Kestrel warns of an endpoint that says it could.
            listener.Protocols = isGrpc ? HttpProtocols.Http2 : isSecure ? listener.Protocols : HttpProtocols.Http1;
            if (isSecure)
            {
                listener.UseHttps();
            }
        }

        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException e)
        {
            throw new FlyballException(new Problem("FLY4012", $"The server cannot listen on {url}: it is no address.", Remedy: "Give an address such as http://127.0.0.1:7879."), e);
        }

        if (address.IsUnixPipe)
        {
            kestrel.ListenUnixSocket(address.UnixPipePath, Speak);
        }
        else if (IPAddress.TryParse(address.Host, out var ip))
        {
            kestrel.Listen(ip, address.Port, Speak);
        }
        else if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            kestrel.ListenLocalhost(address.Port, Speak);
        }
        else
        {
            kestrel.ListenAnyIP(address.Port, Speak);
        }
    }

    /// <summary>Without keys whoever reaches the port may do everything: then only this machine may reach it.</summary>
    private static void RequireLoopback(IEnumerable<string> urls)
    {
        foreach (var url in urls)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || !(uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip))))
            {
                throw new FlyballException(new Problem("FLY4010", $"Without keys the server listens on loopback only, not on {url}.", Remedy: "Give a keys file with --keys, or listen on 127.0.0.1."));
            }
        }
    }
}
