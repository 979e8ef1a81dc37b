using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.Leakage;

/// <summary>The section <c>leakage</c>: features that may look like leaks, and why they are none.</summary>
/// <param name="Allowed">By full name of the feature, or by what stands behind its view.</param>
/// <param name="Reason">For people and for the record.</param>
public sealed record LeakageDefinition(IReadOnlyList<string> Allowed, string? Reason)
{
    public static LeakageDefinition None { get; } = new([], null);

    /// <summary>Reads <c>leakage: { allow: [ … ], reason: … }</c>; FLY1289 when something is allowed without a reason.</summary>
    internal static LeakageDefinition Read(YamlSection? section)
    {
        if (section is null)
        {
            return None;
        }

        var (allowed, reason) = (section.Texts("allow"), section.Text("reason"));
        section.Finish();
        if (allowed.Count > 0 && string.IsNullOrWhiteSpace(reason))
        {
            section.Problems.Add(new Problem("FLY1289", "A suspicious feature is allowed without a reason.", section.At("allow"), "Say under reason: why its value is known at the time of a prediction."));
        }

        return new LeakageDefinition(allowed, reason);
    }

    /// <summary>The file allows what was found about a feature.</summary>
    public bool Allows(string feature) => Allowed.Any(a => a == feature || feature.EndsWith($".{a}", StringComparison.Ordinal));
}
