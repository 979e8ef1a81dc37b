using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Serving;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>From a request of the protocol to its answer, whatever way it came. Holds no rule of its own: predictions are made where every request's are.</summary>
internal sealed class InferenceDesk(PredictionDesk desk, TrafficPlans traffic)
{
    /// <summary>Names of the models with the versions that can be asked for.</summary>
    public IEnumerable<(string Model, IEnumerable<int> Versions)> Index =>
        traffic.All.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => (m.Key, (IEnumerable<int>)m.Value.Numbers.Order()));

    /// <summary>The versions of a model that can be asked for, whether the plan is the model's or one version's.</summary>
    public IEnumerable<string> VersionsOf(TrafficPlan plan) =>
        (traffic.For(plan.Model) ?? plan).Numbers.Order().Select(n => n.ToString(CultureInfo.InvariantCulture));

    /// <summary>The champion, when a request asks for another version by its number; null otherwise.</summary>
    public int? SuccessorOf(TrafficPlan plan) => traffic.For(plan.Model)?.Champion.Version is { } champion && champion != plan.Champion.Version ? champion : null;

    /// <summary>What answers for a model, or for one of its versions.</summary>
    /// <param name="version">Its number; null or empty for whatever the traffic plan chooses.</param>
    /// <exception cref="FlyballException">FLY4004: no such model. FLY3407: no such version in its plan.</exception>
    public TrafficPlan Find(string model, string? version)
    {
        var plan = desk.PlanFor(model) ?? throw InferenceRefusals.NoModel();
        return string.IsNullOrEmpty(version)
            ? plan
            : int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == version && plan.ByName(number) is { } named
                ? named : throw InferenceRefusals.NoVersion(version);
    }

    /// <summary>Whether there is no room for a request, told before anything is read of its tensors.</summary>
    /// <param name="plan">From <see cref="Find"/>.</param>
    /// <param name="route">By which way it comes.</param>
    /// <param name="bytes">Its length; null when it is not known.</param>
    /// <returns>FLY5004, or null.</returns>
    public Problem? RefusesUnread(TrafficPlan plan, PredictionRoute route, long? bytes) => desk.RefusesUnread(plan, route, bytes);

    /// <summary>Answers a request.</summary>
    /// <param name="plan">From <see cref="Find"/>.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="terms">What goes with it.</param>
    /// <exception cref="FlyballException">The request does not fit the model, or there is no answer.</exception>
    public async ValueTask<InferenceAnswer> AnswerAsync(TrafficPlan plan, InferenceRequest request, PredictionTerms terms, CancellationToken cancellation)
    {
        var model = InferenceModel.Of(plan.Champion);
        var outputs = Outputs(model, request.Outputs);
        using var entry = await desk.EnterAsync(plan, terms, cancellation);
        var answer = entry.Problem is { } refused
            ? new DeskAnswer([], refused)
            : await desk.AnswerAsync(entry, plan, TensorRows.Read(plan, model, request.Inputs), terms, cancellation);
        if (answer.Problem is { } problem)
        {
            throw new FlyballException(problem);
        }

        var records = answer.Records;
        var first = records[0];
        var agree = records.All(r => r.Digest == first.Digest && r.Version == first.Version);
        return new InferenceAnswer(
            plan.Model,
            agree ? first.Version.ToString(CultureInfo.InvariantCulture) : null,
            agree ? first.Digest.Hex : null,
            request.Id,
            [.. outputs.Select(o => AnswerTensors.Of(plan, model, o, records))])
        {
            Defaulted = answer.Defaulted is { Count: > 0 } fields ? string.Join(',', fields) : null,
        };
    }

    private static List<OutputField> Outputs(InferenceModel model, IReadOnlyList<RequestedOutput>? asked)
    {
        var outputs = new List<OutputField>();
        foreach (var name in asked?.Select(a => a.Name) ?? model.Outputs.Select(o => o.Name))
        {
            var output = model.OutputOf(name)
                ?? throw InferenceRefusals.Name(name, $"The model has no output '{InferenceRefusals.Shown(name)}'.", $"It has {string.Join(", ", model.Outputs.Select(o => o.Name))}.");
            outputs.Add(outputs.Contains(output) ? throw InferenceRefusals.Name(name, $"The output '{name}' is asked for twice.") : output);
        }

        return outputs;
    }
}
