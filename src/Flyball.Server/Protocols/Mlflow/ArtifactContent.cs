using Flyball.Training.Artifacts;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>
/// Sends a file: always as an attachment, so that no browser shows what somebody uploaded; in parts when asked; its digest is its ETag. The content is
/// verified before its last bytes go out: a client that receives less than was announced has met damage.
/// </summary>
internal static class ArtifactContent
{
    private static readonly FileExtensionContentTypeProvider Types = new();

    public static async Task SendAsync(HttpContext context, ArtifactStore store, ArtifactFile file)
    {
        var (request, response) = (context.Request.GetTypedHeaders(), context.Response);
        var tag = new EntityTagHeaderValue($"\"{file.Digest.Hex}\"");
        response.GetTypedHeaders().ETag = tag;
        response.Headers.AcceptRanges = "bytes";
        if (request.IfNoneMatch.Any(t => t.Compare(tag, useStrongComparison: false) || t.Equals(EntityTagHeaderValue.Any)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentType = Types.TryGetContentType(file.Path.Name, out var type) ? type : "application/octet-stream";
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(file.Path.Name);
        response.Headers.ContentDisposition = disposition.ToString();
        var range = request.Range is { Unit.Value: "bytes", Ranges.Count: 1 } asked && (request.IfRange?.EntityTag is not { } wanted || wanted.Compare(tag, useStrongComparison: true)) ? asked.Ranges.First() : null;
        if (range is null)
        {
            response.ContentLength = file.Size;
            await store.SendAsync(file.Digest, response.Body, context.RequestAborted);
            return;
        }

        await SendPartAsync(context, store, file, range);
    }

    private static async Task SendPartAsync(HttpContext context, ArtifactStore store, ArtifactFile file, RangeItemHeaderValue range)
    {
        // A range without a start counts from the end.
        var from = range.From ?? Math.Max(0, file.Size - range.To!.Value);
        var to = range.From is null ? file.Size - 1 : Math.Min(range.To ?? long.MaxValue, file.Size - 1);
        var headers = context.Response.GetTypedHeaders();
        if (from > to || from >= file.Size)
        {
            context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            context.Response.ContentLength = 0;
            headers.ContentRange = new ContentRangeHeaderValue(file.Size);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        headers.ContentRange = new ContentRangeHeaderValue(from, to, file.Size);
        context.Response.ContentLength = to - from + 1;
        await store.SendAsync(file.Digest, from, to - from + 1, context.Response.Body, context.RequestAborted);
    }
}
