using Flyball.Governance.Applied;
using Flyball.Governance.Readiness;
using Flyball.Monitoring;
using Flyball.Registry;
using Flyball.Registry.Attestations;
using Flyball.Retraining;
using Flyball.Rollout;
using Flyball.Serving.Deferred;
using Flyball.Storage.Catalogs;
using Flyball.Training;
using Flyball.Training.Tracking;
using Flyball.Training.Validation;

namespace Flyball.Server.Hosting;

/// <summary>The catalog's tables, stage by stage.</summary>
internal static class WorkspaceTables
{
    public static IReadOnlyList<Migration> All { get; } =
    [
        .. TrainingTables.Migrations,
        .. TrackingTables.Migrations,
        .. ValidationTables.Migrations,
        .. RegistryTables.Migrations,
        .. AttestationTables.Migrations,
        .. DeferredTables.Migrations,
        .. RolloutTables.Migrations,
        .. MonitoringTables.Migrations,
        .. RetrainingTables.Migrations,
        .. ProjectTables.Migrations,
        .. ReadinessTables.Migrations,
    ];
}
