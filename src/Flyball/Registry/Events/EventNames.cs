namespace Flyball.Registry.Events;

/// <summary>What the registry tells: an entity and what happened to it. The first six pairs are MLflow's; the others it does not have.</summary>
public static class EventNames
{
    public const string Model = "registered_model";
    public const string Version = "model_version";
    public const string VersionTag = "model_version_tag";
    public const string VersionAlias = "model_version_alias";

    /// <summary>Not MLflow's: a transition between stages.</summary>
    public const string VersionStage = "model_version_stage";

    /// <summary>Not MLflow's: a decision of an approver.</summary>
    public const string VersionApproval = "model_version_approval";

    /// <summary>Not MLflow's: predictions that were asked for with <c>mode=async</c>. A delivery goes to the webhook that the request or the model names, and to no other.</summary>
    public const string PredictionJob = "prediction_job";

    public const string Completed = "completed";
    public const string Created = "created";
    public const string Updated = "updated";
    public const string Deleted = "deleted";
    public const string Set = "set";
    public const string Promoted = "promoted";
    public const string RolledBack = "rolled_back";
    public const string Retired = "retired";

    /// <summary>Every pair that can be subscribed to.</summary>
    public static IReadOnlySet<(string Entity, string Action)> All { get; } = new HashSet<(string, string)>
    {
        (Model, Created), (Version, Created), (VersionTag, Set), (VersionTag, Deleted), (VersionAlias, Created), (VersionAlias, Deleted),
        (Model, Updated), (Model, Deleted), (Version, Updated), (Version, Deleted), (Version, Promoted), (Version, RolledBack), (Version, Retired),
        (VersionStage, Set), (VersionApproval, Set), (PredictionJob, Completed),
    };
}
