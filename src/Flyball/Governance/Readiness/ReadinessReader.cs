using Flyball.Contracts;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Registry;
using Flyball.Retraining;
using Flyball.Rollout;
using Flyball.Serving;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Governance.Readiness;

/// <summary>Collects what is stored about a model and one of its versions. Thread-safe.</summary>
internal sealed class ReadinessReader(ActiveProject project, VersionEvidence records, AttachedEvidenceStore attached)
{
    /// <summary>Whether the project or the registry has a model of this name.</summary>
    public bool Knows(string model) => project.Current.Models.ContainsKey(model) || records.Registry.Versions(model).Count > 0;

    /// <summary>The version that is asked about when none is named: the champion, else the newest; null when there is none.</summary>
    public ModelVersion? Usual(string model) => records.Registry.Champion(model) ?? records.Registry.Versions(model).MaxBy(v => v.Version);

    public ModelVersion? VersionOf(string model, int version) => records.Registry.Version(model, version);

    public ReadinessFacts Read(string model, ModelVersion? version)
    {
        var facts = new ReadinessFacts { Model = model, At = records.Now };
        if (version is not null)
        {
            facts = records.Fill(facts with { Attached = attached.Last(version) }, version);
        }

        return project.Current.Models.GetValueOrDefault(model) is { } plan ? Fill(facts, plan) : facts;
    }

    private ReadinessFacts Fill(ReadinessFacts facts, ModelPlan plan)
    {
        var catalogue = FeatureCatalogue.Of(project.Current.Features);
        var problems = new ProblemList();
        var (rollout, retrain) = (RolloutDefinition.Read(plan, problems), RetrainDefinition.Read(plan, problems));
        return facts with
        {
            Owner = plan.Definition.Owner,
            Risk = facts.Version?.Risk ?? plan.Definition.Risk,
            DefinitionDigest = plan.Definition.Digest.Hex,
            Sources = [.. FeatureLockDocument.ContractsOf(plan, project.Current).Select(Source)],
            Unchecked = [.. plan.Vector.Columns.Where(c => catalogue.Find(c.Name)?.Definition.Checks is null).Select(c => c.Name)],
            Rollout = plan.Definition.Root.Has("rollout") && problems.Count == 0 ? rollout : null,
            Retrain = problems.Count == 0 ? retrain : null,
            HasFallbackRule = ServeDefinition.Read(plan, problems).Rule is not null,
        };
    }

    private static SourceFacts Source(ContractPlan contract) => new(
        contract.Source,
        contract.Digest.Hex,
        contract.Fields.Sum(f => f.Checks.Length) + contract.Quality.Count,
        [.. contract.Definition.Fields.Where(f => f.Classification is null).Select(f => f.Name)]);
}
