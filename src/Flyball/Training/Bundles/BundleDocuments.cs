using Flyball.Engine.Identity;
using Flyball.Features;
using Flyball.Training.Datasets;
using Flyball.Training.Evaluation;
using Flyball.Training.Jobs;

namespace Flyball.Training.Bundles;

/// <summary>
/// Completes a trained bundle to format 2: the evaluation report and the documents that others read, decide and check by, each a member of its own
/// and a function of the run alone.
/// </summary>
internal sealed class BundleDocuments(ProjectPlan project, ModelPlan model, TrainingSet set, FrozenRows frozen, TrainingJob job)
{
    /// <param name="bundle">Manifest and model, loaded as <paramref name="scorer"/>.</param>
    /// <param name="report">What it is worth on its test rows.</param>
    public ModelBundle Complete(ModelBundle bundle, BundleScorer scorer, EvaluationReport report)
    {
        var catalogue = FeatureCatalogue.Of(project.Features);
        var (golden, rows) = new GoldenRows(model, project.Disclosure).Of(set.Test, frozen.Reader(scorer), scorer);
        var manifest = bundle.Manifest with { Format = ModelManifest.CurrentFormat, MergeableProfile = BundleMembers.ReferenceProfile, GoldenRows = rows };
        var facts = new CardFacts(manifest, model.Definition, report, PartSummary.Of(set), [.. job.Manifests().Select(m => new CardTable(m.Table, m.Digest.Hex, m.Horizon.Seq))])
        {
            ModelDigest = Digest.Of(bundle[ModelBundle.OnnxName].Span).Hex,
        };
        return bundle.With(new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [ModelBundle.ManifestName] = manifest.Write(),
            [BundleMembers.Signature] = SignatureDocument.Of(manifest, model, catalogue),
            [BundleMembers.FeatureLock] = FeatureLockDocument.Of(model, project, catalogue),
            [BundleMembers.Decisions] = DecisionDocument.Of(manifest, report),
            [BundleMembers.ReferenceProfile] = ProfileDocument.Of(model, project.Disclosure, [(set.Validation, Calibrated(Scored(set.Validation, scorer))), (set.Test, Calibrated(frozen.Score(scorer)))]),
            [ModelBundle.GoldenName] = golden,
            [EvaluationReport.MemberName] = report.ToBytes(),
            [BundleMembers.Card] = CardMarkdown.Of(facts),
            [BundleMembers.CardBom] = CardBom.Of(facts),
        });
    }

    private static Score[] Scored(TrainingPart part, BundleScorer scorer)
    {
        var scores = new Score[part.Rows];
        scorer.ScoreAll(part.Features, scores);
        return scores;
    }

    private static double[] Calibrated(Score[] scores) => [.. scores.Select(s => s.Calibrated)];
}
