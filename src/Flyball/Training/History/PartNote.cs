using System.Text.Json;
using Flyball.Engine.Identity;
using Flyball.Engine.Windows;
using Flyball.Features.History;

namespace Flyball.Training.History;

/// <summary>What the file of a bucket says of itself, so that parts of different wholes never make one.</summary>
/// <param name="Whole">The digest of all that the parts of one whole share: request, horizon, tables, definitions and spine.</param>
/// <param name="Bucket">As <c>I/N</c>.</param>
/// <param name="SpineRows">Rows of the whole spine.</param>
/// <param name="Rows">Rows of the spine in this bucket.</param>
/// <param name="Found">What they found.</param>
/// <param name="AllowsEmpty">Whether nothing known is taken for the truth.</param>
internal sealed record PartNote(string Whole, string Bucket, long SpineRows, long Rows, IReadOnlyList<HistoryFound> Found, bool AllowsEmpty)
{
    /// <param name="job">The job of the bucket.</param>
    /// <param name="spine">Its spine.</param>
    /// <param name="rows">Its rows in the bucket.</param>
    /// <param name="found">What they found.</param>
    public static PartNote Of(HistoryJob job, SpineTable spine, long rows, IReadOnlyList<HistoryFound> found)
    {
        var whole = job with { Request = job.Request with { Bucket = EntityBucket.Whole }, KeysDirectory = null, Parallelism = null };
        var definitions = Directory.EnumerateFiles(Path.Combine(spine.Folder, HistoryJob.ProjectFolderName), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => Digest.Of(File.ReadAllBytes(file)).Hex);
        var file = job.Spine is null ? "" : SpineDigest(Path.Combine(spine.Folder, job.Spine));
        var name = string.Join('\n', [JsonSerializer.Serialize(whole, TrainingJson.Options), file, .. definitions]);
        return new(Digest.Of(name).Hex, job.Request.Bucket.ToString(), spine.Rows, rows, found, job.Request.AllowsEmpty || job.Request.Visibility.Mode != VisibilityMode.AsKnown);
    }

    public static PartNote? Parse(string text) => JsonSerializer.Deserialize<PartNote>(text, TrainingJson.Options);

    public string ToJson() => JsonSerializer.Serialize(this, TrainingJson.Options);

    private static string SpineDigest(string path)
    {
        using var file = File.OpenRead(path);
        return Digest.Of(file).Hex;
    }
}
