using System.Text;
using Flyball.Engine.Identity;
using Flyball.Projects;
using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>One file of a project as it was applied.</summary>
/// <param name="Path">Inside the project folder, with <c>/</c>.</param>
/// <param name="Digest">Of the canonical form: comments and the order of names do not change it.</param>
/// <param name="Body">The text itself.</param>
public sealed record ProjectDocument(string Path, Digest Digest, string Body)
{
    /// <summary>The files of a compiled project, by path.</summary>
    public static IReadOnlyList<ProjectDocument> Of(ProjectPlan plan) =>
    [
        .. plan.Files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f =>
        {
            var text = Encoding.UTF8.GetString(f.Value);
            if (!f.Key.EndsWith(".yaml", StringComparison.Ordinal))
            {
                // A golden file, or a file of a training program: every byte counts.
                return new ProjectDocument(f.Key, Engine.Identity.Digest.Of(f.Value), text);
            }

            // It was read once already, so it is YAML.
            var root = YamlSection.Parse(f.Key, text.TrimStart('\uFEFF'), []) ?? throw new InvalidOperationException($"{f.Key} changed while it was read.");
            return new ProjectDocument(f.Key, CanonicalJson.Digest(root.ToJson()), text);
        }),
    ];

    /// <summary>Names a whole project: paths and digests of its files.</summary>
    public static Digest Identify(IEnumerable<ProjectDocument> documents) =>
        Engine.Identity.Digest.Of(string.Join('\n', documents.OrderBy(d => d.Path, StringComparer.Ordinal).Select(d => $"{d.Path} {d.Digest.Hex}")));
}
