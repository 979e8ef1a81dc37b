using Flyball.Training.Evaluation;

namespace Flyball.Training.Bundles;

/// <summary>Names of the documents in a bundle beside its manifest and its model.</summary>
public static class BundleMembers
{
    /// <summary>What goes in and what comes out.</summary>
    public const string Signature = "signature.json";

    /// <summary>Each feature as it was when the model was trained.</summary>
    public const string FeatureLock = "features.lock.json";

    /// <summary>From a score to a decision.</summary>
    public const string Decisions = "decisions.json";

    /// <summary>Profile of the reference rows that merges with others of the same columns.</summary>
    public const string ReferenceProfile = "reference-profile.json";

    /// <summary>The model card for people.</summary>
    public const string Card = "model-card.md";

    /// <summary>The model card as a CycloneDX bill of materials.</summary>
    public const string CardBom = "model-card.cdx.json";

    /// <summary>What a bundle of format 2 holds at least.</summary>
    public static IReadOnlyList<string> Required { get; } =
        [Signature, FeatureLock, Decisions, ReferenceProfile, ModelBundle.GoldenName, EvaluationReport.MemberName, Card, CardBom];
}
