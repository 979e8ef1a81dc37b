using System.Collections.Frozen;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;

namespace Flyball.Serving;

/// <summary>
/// The traffic plans in force, and the models that should have one and cannot. Readers take no lock; a swap is one reference.
/// </summary>
public sealed class TrafficPlans
{
    private readonly Lock writing = new();
    internal const string Mend = "Roll back or promote another version; put the damaged blob back and start again to serve this one.";

    private volatile FrozenDictionary<string, TrafficPlan> plans = FrozenDictionary<string, TrafficPlan>.Empty;
    private volatile FrozenDictionary<string, RequestPolicy> requests = FrozenDictionary<string, RequestPolicy>.Empty;
    private volatile FrozenDictionary<string, Problem> missing = FrozenDictionary<string, Problem>.Empty;

    public IReadOnlyDictionary<string, TrafficPlan> All => plans;

    public TrafficPlan? For(string model) => plans.GetValueOrDefault(model);

    /// <summary>Models whose champion could not be loaded, with the reason: those that a fallback answers for, and those that nothing does.</summary>
    public IReadOnlyDictionary<string, Problem> Degraded => missing
        .Concat(plans.Values.Where(p => p.Champion.Missing is not null).Select(p => KeyValuePair.Create(p.Model, p.Champion.Missing!)))
        .DistinctBy(p => p.Key).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Why a model without a plan is not served: it was never deployed, or its champion cannot be loaded.</summary>
    public Problem RefusalOf(string model) => missing.TryGetValue(model, out var reason)
        ? new Problem("FLY5001", $"The model is deployed, and its champion is not served. {reason.Message}", new ProblemLocation(Field: "model"), Mend)
        : new Problem("FLY4004", "No model of this name is deployed.", new ProblemLocation(Field: "model"), "GET /v1/models lists them; a version answers once it is the champion.");

    /// <summary>Notes that a deployed model has no plan, until it gets one.</summary>
    public void NoteMissing(string model, Problem reason)
    {
        lock (writing)
        {
            missing = new Dictionary<string, Problem>(missing, StringComparer.Ordinal) { [model] = reason }.ToFrozenDictionary(StringComparer.Ordinal);
        }
    }

    /// <summary>Takes what the applied models declare of their requests: the plans in force and those to come read by it.</summary>
    public void Configure(IReadOnlyDictionary<string, RequestPolicy> byModel)
    {
        lock (writing)
        {
            requests = byModel.ToFrozenDictionary(StringComparer.Ordinal);
            plans = plans.Values.Select(Under).ToFrozenDictionary(p => p.Model, StringComparer.Ordinal);
        }
    }

    public void Swap(TrafficPlan plan)
    {
        lock (writing)
        {
            plan = Under(plan);
            var next = new Dictionary<string, TrafficPlan>(plans, StringComparer.Ordinal) { [plan.Model] = plan };
            plans = next.ToFrozenDictionary(StringComparer.Ordinal);
            missing = missing.Where(m => m.Key != plan.Model).ToFrozenDictionary(StringComparer.Ordinal);
        }
    }

    private TrafficPlan Under(TrafficPlan plan) => requests.GetValueOrDefault(plan.Model, RequestPolicy.Strict) is var policy && !ReferenceEquals(policy, plan.Requests)
        ? plan with { Requests = policy }
        : plan;
}
