using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Problems;

/// <summary>Problems as RFC 9457 documents: type, title, status, detail, and errors naming each field.</summary>
public static class ProblemResults
{
    public static IResult From(Problem problem) => From([problem]);

    /// <param name="problems">At least one; the first decides status and detail.</param>
    /// <param name="also">Members to add to the document, such as counts.</param>
    /// <remarks>Where something lies on this machine stays on it: a rooted path is for the log and the command line.</remarks>
    public static IResult From(IReadOnlyList<Problem> problems, JsonObject? also = null)
    {
        var first = problems[0];
        return new ProblemResult(ProblemTable.StatusOf(first.Code), Document([.. problems.Select(WithoutMachine)], also));
    }

    /// <summary>The document itself, for places that write it without an <see cref="IResult"/>.</summary>
    public static JsonObject Document(IReadOnlyList<Problem> problems, JsonObject? also = null)
    {
        var first = problems[0];
        var document = new JsonObject
        {
            ["type"] = $"urn:flyball:problem:{first.Code}",
            ["title"] = ProblemTable.TitleOf(first.Code),
            ["status"] = ProblemTable.StatusOf(first.Code),
            ["detail"] = first.Remedy is null ? first.Message : $"{first.Message} {first.Remedy}",
            ["code"] = first.Code,
        };
        var errors = new JsonArray();
        foreach (var problem in problems)
        {
            var error = new JsonObject { ["code"] = problem.Code, ["message"] = problem.Message };
            Add(error, "field", problem.Where?.Field);
            Add(error, "file", problem.Where?.File);
            if (problem.Where?.Line is { } line)
            {
                error["line"] = line;
            }

            if (problem.Where?.Column is { } column)
            {
                error["column"] = column;
            }

            Add(error, "remedy", problem.Remedy);
            errors.Add((JsonNode)error);
        }

        document["errors"] = errors;
        foreach (var (name, value) in also ?? [])
        {
            document[name] = value?.DeepClone();
        }

        return document;
    }

    private static Problem WithoutMachine(Problem problem) =>
        problem.Where is { File: { } file } where && Path.IsPathRooted(file) ? problem with { Where = where with { File = null } } : problem;

    private static void Add(JsonObject target, string name, string? value)
    {
        if (value is not null)
        {
            target[name] = value;
        }
    }

    private sealed class ProblemResult(int status, JsonObject document) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = "application/problem+json";
            return httpContext.Response.WriteAsync(document.ToJsonString(), httpContext.RequestAborted);
        }
    }
}
