using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Diagnostics;

namespace Flyball.Server.Operations;

/// <summary>Gives a problem document to a refusal that has none, such as the router's.</summary>
internal static class BareStatus
{
    public static Task ExplainAsync(StatusCodeContext bare)
    {
        var problem = bare.HttpContext.Response.StatusCode switch
        {
            404 => new Problem("FLY4004", "There is no such route.", Remedy: "GET /openapi/v1.json lists them."),
            405 => new Problem("FLY4005", "This route does not take that method.", Remedy: "GET /openapi/v1.json lists the routes."),
            413 => new Problem("FLY4013", "The body is too large."),
            415 => new Problem("FLY4015", "The content type is not one this route takes."),
            _ => new Problem("FLY3001", "The request does not fit its route: a part of the path or query is not of its type."),
        };
        return bare.HttpContext.Response.StatusCode < 500 ? ProblemResults.From(problem).ExecuteAsync(bare.HttpContext) : Task.CompletedTask;
    }
}
