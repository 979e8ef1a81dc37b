using System.Diagnostics;

namespace Flyball.Server.Operations;

/// <summary>
/// Continues the trace of a request that came with a W3C <c>traceparent</c>: with a span of its own, which calls to other servers carry on and which log records name.
/// With an exporter every request has one. A request without, on a server without an exporter, costs a look at a header.
/// </summary>
internal sealed class RequestTracing(RequestDelegate next, LogTerms terms)
{
    public const string SourceName = "Flyball";

    private static readonly ActivitySource Source = new(SourceName);

    public Task InvokeAsync(HttpContext context) =>
        context.Request.Headers.TraceParent.Count > 0 || Source.HasListeners() || terms.HasScopes ? TracedAsync(context) : next(context);

    private async Task TracedAsync(HttpContext context)
    {
        using var activity = Begin(context);
        using var scope = terms.HasScopes ? terms.Begin(context) : null;
        try
        {
            await next(context);
        }
        finally
        {
            if (activity is { IsAllDataRequested: true })
            {
                Describe(activity, context);
            }
        }
    }

    /// <summary>Null where nobody exports and the request belongs to no trace.</summary>
    private static Activity? Begin(HttpContext context)
    {
        var headers = context.Request.Headers;
        var isTraced = ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var parent);
        if (Source.StartActivity(context.Request.Method, ActivityKind.Server, parent) is { } exported)
        {
            return exported;
        }

        if (!isTraced)
        {
            return null;
        }

        var own = new Activity(context.Request.Method) { TraceStateString = parent.TraceState };
        return own.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start();
    }

    /// <summary>The pattern of the route, not the path: a path may name a person.</summary>
    private static void Describe(Activity activity, HttpContext context)
    {
        if ((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { } route)
        {
            activity.DisplayName = $"{context.Request.Method} {route}";
            activity.SetTag("http.route", route);
        }

        activity.SetTag("http.request.method", context.Request.Method);
        activity.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }
}
