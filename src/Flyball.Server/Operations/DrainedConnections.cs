namespace Flyball.Server.Operations;

/// <summary>Closes connections behind their answers while the server drains.</summary>
internal sealed class DrainedConnections(RequestDelegate next, Draining draining)
{
    public Task InvokeAsync(HttpContext context)
    {
        // HTTP/2 has no such header; its connections are told to go when the server stops.
        if (draining.IsOn && context.Request.Protocol == HttpProtocol.Http11)
        {
            context.Response.Headers.Connection = "close";
        }

        return next(context);
    }
}
