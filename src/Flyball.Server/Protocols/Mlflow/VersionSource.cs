using System.Globalization;
using Flyball.Registry;
using Flyball.Training.Artifacts;
using Flyball.Training.Tracking;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>
/// What a version is made of: the files at its source, as they are now. A source lies in this server's store or is refused, whatever the version's
/// tags say, for prompts as for models.
/// </summary>
/// <param name="Files">What is sealed.</param>
/// <param name="RunId">The run it came out of.</param>
/// <param name="Model">The logged model it was made of.</param>
internal sealed record VersionSource(IReadOnlyList<SealedFile> Files, string? RunId, LoggedModel? Model)
{
    private const string Field = "source";
    private const string RunScheme = "runs:/";
    private const string ModelScheme = "models:/";

    /// <summary>What clients write as the source of a prompt, whose text is in a tag; there is nothing to read.</summary>
    private const string PromptSource = "dummy-source";

    public static VersionSource Of(MlflowCall call, string source)
    {
        if (source == PromptSource)
        {
            return new VersionSource([], null, null);
        }

        if (source.StartsWith(ModelScheme, StringComparison.Ordinal))
        {
            return OfModel(call, ArtifactListRoutes.PathOf(source[ModelScheme.Length..].TrimStart('/'), Field).ToString());
        }

        if (source.StartsWith(RunScheme, StringComparison.Ordinal))
        {
            var path = ArtifactListRoutes.PathOf(source[RunScheme.Length..].TrimStart('/'), Field);
            var run = call.Tracking.Runs.Get(path.Area);
            var rest = path.ToString().Length > path.Area.Length ? ArtifactPath.Of(path.ToString()[(path.Area.Length + 1)..]) : ArtifactPath.Root;
            return new VersionSource(FilesAt(call, ArtifactUri.PathOf(run.ArtifactUri, Field).Join(rest)), run.RunId, null);
        }

        var folder = ArtifactUri.PathOf(source, Field);
        return folder.IsRoot || folder.ToString() == ArtifactUri.SealedArea
            ? throw ArtifactProblems.Refused(Field, "it is the whole store")
            : new VersionSource(FilesAt(call, folder), null, null);
    }

    /// <summary><c>models:/m-...</c>, <c>models:/name/3</c>, <c>models:/name@alias</c>.</summary>
    private static VersionSource OfModel(MlflowCall call, string rest)
    {
        if (!rest.Contains('/', StringComparison.Ordinal) && !rest.Contains('@', StringComparison.Ordinal))
        {
            var model = call.Tracking.Models.Get(rest);
            return new VersionSource(FilesAt(call, ArtifactUri.PathOf(model.ArtifactUri, Field)), model.SourceRunId, model);
        }

        var registry = call.Registry();
        VersionRecord? found;
        if (rest.LastIndexOf('@') is >= 0 and var at)
        {
            found = registry.Aliases.Find(rest[..at], rest[(at + 1)..]);
        }
        else
        {
            var slash = rest.LastIndexOf('/');
            found = int.TryParse(rest[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? registry.Labels.Find(rest[..slash], version) : null;
        }

        return found is null
            ? throw new MlflowException(MlflowErrors.Absent, $"Model Version (source={ModelScheme}{rest}) not found")
            : new VersionSource(call.Context.Sealed().Files(found.Version), found.Version.RunId, found.Version.LoggedModel is { } id ? call.Tracking.Models.Find(id) : null);
    }

    private static IReadOnlyList<SealedFile> FilesAt(MlflowCall call, ArtifactPath folder)
    {
        if (folder.Area == ArtifactUri.SealedArea)
        {
            IReadOnlyList<SealedFile> copies = [.. SealedBelow(call, folder, "")];
            return copies.Count > 0 ? copies : throw ArtifactProblems.Refused(Field, "no version was sealed there");
        }

        return [.. call.Tracking.Artifacts.Files(folder).Select(f => new SealedFile(f.Path == folder ? f.Path.Name : f.Path.ToString()[folder.Prefix.Length..], f.Size, f.Digest))];
    }

    private static IEnumerable<SealedFile> SealedBelow(MlflowCall call, ArtifactPath folder, string prefix)
    {
        var copies = call.Context.Sealed();
        foreach (var entry in copies.List(folder))
        {
            var path = folder.Join(ArtifactPath.Kept(entry.Name));
            if (entry.IsFolder)
            {
                foreach (var file in SealedBelow(call, path, $"{prefix}{entry.Name}/"))
                {
                    yield return file;
                }
            }
            else if (copies.Find(path) is { } file)
            {
                yield return new SealedFile(prefix + entry.Name, file.Size, file.Digest);
            }
        }
    }
}
