using System.Text.Json.Nodes;
using System.Threading.Channels;
using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Problems;

/// <summary>
/// Long work whose caller wants to see it go on: an answer of JSON lines, one a happening, and at the end <c>{"NAME": …}</c> or
/// <c>{"problem": …}</c>. The status is 200 from the first line on. Happenings that a slow reader cannot take are left out, the end never is.
/// </summary>
public static class ProgressLines
{
    private const int Waiting = 256;

    /// <param name="name">The member that holds the result.</param>
    /// <param name="work">Does it, and tells of it in lines of JSON.</param>
    public static async Task<IResult> AnswerAsync(HttpResponse response, string name, Func<Action<string>, Task<JsonObject>> work, CancellationToken cancellation)
    {
        response.ContentType = "application/x-ndjson";
        var lines = Channel.CreateBounded<string>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest });
        var working = WorkAsync();
        await foreach (var line in lines.Reader.ReadAllAsync(cancellation))
        {
            await WriteAsync(line);
        }

        await WriteAsync((await working).ToJsonString());
        return Results.Empty;

        async Task<JsonObject> WorkAsync()
        {
            try
            {
                return new JsonObject { [name] = await work(line => lines.Writer.TryWrite(line)) };
            }
            catch (FlyballException e)
            {
                return new JsonObject { ["problem"] = ProblemResults.Document([e.Problem]) };
            }
            finally
            {
                lines.Writer.Complete();
            }
        }

        async Task WriteAsync(string line)
        {
            await response.WriteAsync(line + "\n", cancellation);
            await response.Body.FlushAsync(cancellation);
        }
    }
}
