using Flyball.Engine.Identity;

namespace Flyball.Registry;

/// <summary>
/// Whether a person stands behind the definitions of a version.
/// <list type="number">
/// <item>A version of high risk may be approved by its definition's own word only when a person has approved one of the same definitions before: features, contracts,
/// label, trainer, code and gates, to the letter. Data and program may be others.</item>
/// <item>That person is neither who made that version, nor who applied its definitions or those of now, nor who asks now.</item>
/// <item>An approval that broke the glass, or is of other bytes, stands for nothing here.</item>
/// </list>
/// So whoever changes a definition cannot let it out alone, by whatever way it comes to be trained.
/// </summary>
/// <param name="registry">The versions and their approvals.</param>
/// <param name="definitions">The digest of the definitions of a run, <see cref="Training.RunIdentity.Definitions"/>; null when there are none.</param>
public sealed class DefinitionApprovals(ModelRegistry registry, Func<string, Digest?> definitions)
{
    /// <summary>Who approved the definitions of a version, on which version; null when nobody did.</summary>
    /// <param name="asker">Who asks for the version.</param>
    public (string Approver, int Version)? Of(ModelVersion version, string asker)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (definitions(version.RunId) is not { } wanted)
        {
            return null;
        }

        foreach (var other in registry.Versions(version.Model).Where(v => v.HasBundle && v.Version != version.Version && definitions(v.RunId) == wanted))
        {
            string?[] involved = [other.Author, other.RegisteredBy, other.DefinedBy, version.Author, version.RegisteredBy, version.DefinedBy, asker];
            var stands = registry.Approvals(other.Model, other.Version).FirstOrDefault(a =>
                a.Decision == ApprovalRules.Approved && !a.BreakGlass && a.Digest == other.Digest.Hex && a.AuthMethod != "system"
                && !involved.Any(i => i is not null && ApprovalRules.Same(i, a.Actor)));
            if (stands is not null)
            {
                return (stands.Actor, other.Version);
            }
        }

        return null;
    }
}
