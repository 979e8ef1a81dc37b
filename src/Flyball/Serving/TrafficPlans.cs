using System.Collections.Frozen;

namespace Flyball.Serving;

/// <summary>The traffic plans in force. Readers take no lock; a swap is one reference.</summary>
public sealed class TrafficPlans
{
    private readonly Lock writing = new();
    private volatile FrozenDictionary<string, TrafficPlan> plans = FrozenDictionary<string, TrafficPlan>.Empty;

    public IReadOnlyDictionary<string, TrafficPlan> All => plans;

    public TrafficPlan? For(string model) => plans.GetValueOrDefault(model);

    public void Swap(TrafficPlan plan)
    {
        lock (writing)
        {
            var next = new Dictionary<string, TrafficPlan>(plans, StringComparer.Ordinal) { [plan.Model] = plan };
            plans = next.ToFrozenDictionary(StringComparer.Ordinal);
        }
    }
}
