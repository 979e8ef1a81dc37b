using Dapper;
using Flyball.Registry;
using Flyball.Storage.Catalogs;

namespace Flyball.Rollout;

/// <summary>Says which versions traffic and rollouts need, from the catalog.</summary>
internal sealed class TrafficUses(Catalog catalog, TimeProvider time) : IVersionUses
{
    public IReadOnlyList<string> Of(string model, int version)
    {
        var uses = new List<string>();
        foreach (var run in new RolloutStore(catalog, time).Active().Where(r => r.Model == model))
        {
            if (run.Version == version)
            {
                uses.Add($"the rollout {run.Id} tries it");
            }

            if (run.Champion == version)
            {
                uses.Add($"the rollout {run.Id} compares with it");
            }
        }

        var plan = catalog.Read(c => c.QueryFirstOrDefault<Plan>(
            "SELECT champion AS Champion, previous AS Previous, canary AS Canary FROM traffic WHERE model = @model ORDER BY ordinal DESC LIMIT 1", new { model }));
        if (plan?.Champion == version)
        {
            uses.Add("it takes traffic as the champion");
        }

        if (plan?.Previous == version)
        {
            uses.Add("it stands ready as the way back");
        }

        if (plan?.Canary == version)
        {
            uses.Add("it takes traffic on trial");
        }

        return uses;
    }

    /// <summary>A row of <c>traffic</c>. Settable members, because databases differ in the width of their integers.</summary>
    private sealed class Plan
    {
        public int? Champion { get; set; }

        public int? Previous { get; set; }

        public int? Canary { get; set; }
    }
}
