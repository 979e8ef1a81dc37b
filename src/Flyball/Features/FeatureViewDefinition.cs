using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Features;

/// <summary>
/// A feature view as its author wrote it: features of one entity folded over the events of one source,
/// or features computed from the request itself.
/// </summary>
/// <param name="Name">Unique in the workspace.</param>
/// <param name="Entity">The source's column that names the entity; null for a view on the request.</param>
/// <param name="Source">The source of events, or for a view on the request the source whose rows are the requests.</param>
/// <param name="Owner">Whom to ask.</param>
/// <param name="Features">In the order of the file.</param>
/// <param name="Canonical">The definition as canonical JSON: its digest is its version.</param>
/// <param name="Where">The file.</param>
public sealed record FeatureViewDefinition(
    string Name,
    string? Entity,
    string Source,
    string? Owner,
    IReadOnlyList<FeatureDefinition> Features,
    JsonObject Canonical,
    ProblemLocation Where)
{
    public bool OnRequest => Entity is null;

    public Digest Digest { get; } = CanonicalJson.Digest(Canonical);

    /// <summary>Reads a features file; problems go to the section's list, and the result is null when it cannot be used.</summary>
    public static FeatureViewDefinition? Read(YamlSection root)
    {
        root.Require("view", "features");
        var name = root.Text("view");
        var entity = root.Text("entity");
        var source = root.Text("source");
        var inputs = root.Text("inputs");
        var owner = root.Text("owner");
        root.Text("description");
        var features = new List<FeatureDefinition>();
        if (root.Section("features") is { } list)
        {
            foreach (var entry in list.Entries())
            {
                if (ReadFeature(list.Problems, entry) is { } feature)
                {
                    features.Add(feature);
                }
            }
        }

        root.Finish();
        if (entity is null == inputs is null || (entity is null) != (source is null))
        {
            root.Problems.Add(new Problem(
                "FLY1120",
                "A feature view has either entity and source (folded over events) or inputs (computed from the request).",
                root.Where,
                "Write both entity and source, or inputs alone."));
            return null;
        }

        return name is null || features.Count == 0
            ? null
            : new FeatureViewDefinition(name, entity, source ?? inputs!, owner, features, root.ToJson(), root.Where);
    }

    private static FeatureDefinition? ReadFeature(ProblemList problems, YamlEntry entry)
    {
        if (entry.Section is { } body)
        {
            body.Require("expr");
            var expression = body.Text("expr");
            var unit = body.Text("unit");
            var description = body.Text("description");
            var owner = body.Text("owner");
            var retired = body.Flag("retired") ?? false;
            var checks = body.Section("checks") is { } section ? FeatureChecks.Read(section) : null;
            body.Finish();
            return expression is null ? null : new FeatureDefinition(entry.Name, expression, unit, description, entry.Where) { Owner = owner, Checks = checks, IsRetired = retired };
        }

        if (entry.Text is { } text)
        {
            return new FeatureDefinition(entry.Name, text, null, null, entry.Where);
        }

        problems.Add("FLY1184", $"The feature {entry.Name} is neither an expression nor a mapping with expr.", entry.Where);
        return null;
    }
}
