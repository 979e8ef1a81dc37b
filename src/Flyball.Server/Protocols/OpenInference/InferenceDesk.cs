using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Serving;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>From a request of the protocol to its answer, whatever way it came. Holds no rule of its own: predictions are made where every request's are.</summary>
internal sealed class InferenceDesk(PredictionDesk desk, TrafficPlans traffic)
{
    /// <summary>The versions that can be asked for, and the models that should be and cannot, by model and number.</summary>
    public IEnumerable<IndexedVersion> Index
    {
        get
        {
            var degraded = traffic.Degraded;
            var plans = traffic.All;
            return plans.Keys.Union(degraded.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).SelectMany(model => plans.TryGetValue(model, out var plan)
                ? plan.Numbers.Order().Select(n => new IndexedVersion(model, Text(n), n == plan.Champion.Version ? plan.Champion.Missing?.Message ?? "" : ""))
                : [new IndexedVersion(model, "", degraded[model].Message)]);
        }
    }

    /// <summary>What versions did since the start: all of them, those of a model, or one.</summary>
    /// <param name="model">Null or empty for every model.</param>
    /// <param name="version">Its number; null or empty for all.</param>
    /// <exception cref="FlyballException">As <see cref="Find"/>.</exception>
    public IEnumerable<VersionOfModel> Statistics(string? model, string? version)
    {
        IEnumerable<TrafficPlan> plans = string.IsNullOrEmpty(model) ? traffic.All.Values.OrderBy(p => p.Model, StringComparer.Ordinal) : [Find(model, version)];
        return plans.SelectMany(p => p.Numbers.Order().Select(n => new VersionOfModel(p.Model, n, desk.FiguresOf(p.Model, n))));
    }

    /// <summary>The versions of a model that can be asked for, whether the plan is the model's or one version's.</summary>
    public IEnumerable<string> VersionsOf(TrafficPlan plan) =>
        (traffic.For(plan.Model) ?? plan).Numbers.Order().Select(Text);

    /// <summary>The champion, when a request asks for another version by its number; null otherwise.</summary>
    public int? SuccessorOf(TrafficPlan plan) => traffic.For(plan.Model)?.Champion.Version is { } champion && champion != plan.Champion.Version ? champion : null;

    /// <summary>What answers for a model, or for one of its versions.</summary>
    /// <param name="version">Its number; null or empty for whatever the traffic plan chooses.</param>
    /// <exception cref="FlyballException">FLY4004: no such model. FLY5001: there is one, and it cannot be served. FLY3407: no such version in its plan.</exception>
    public TrafficPlan Find(string model, string? version)
    {
        var plan = desk.PlanFor(model) ?? throw InferenceRefusals.NoPlan(desk.RefusalOf(model));
        return string.IsNullOrEmpty(version)
            ? plan
            : int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == version && plan.ByName(number) is { } named
                ? named : throw InferenceRefusals.NoVersion(version);
    }

    /// <summary>As <see cref="Find"/>, when something of it can answer.</summary>
    /// <exception cref="FlyballException">FLY5001: nothing can. Else as <see cref="Find"/>.</exception>
    public TrafficPlan FindReady(string model, string? version) => Find(model, version) is var plan && desk.CanAnswer(plan) ? plan : throw new FlyballException(plan.Unanswered);

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
        var model = InferenceModel.Of(plan);
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
            agree ? Text(first.Version) : null,
            agree ? first.Digest.Hex : null,
            request.Id,
            [.. outputs.Select(o => AnswerTensors.Of(plan, model, o, records))])
        {
            Defaulted = answer.Defaulted is { Count: > 0 } fields ? string.Join(',', fields) : null,
        };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static IReadOnlyList<OutputField> Outputs(InferenceModel model, IReadOnlyList<RequestedOutput>? asked)
    {
        if (asked is null)
        {
            return model.Outputs;
        }

        var outputs = new List<OutputField>(asked.Count);
        foreach (var (name, _) in asked)
        {
            var output = model.OutputOf(name)
                ?? throw InferenceRefusals.Name(name, $"The model has no output '{InferenceRefusals.Shown(name)}'.", $"It has {string.Join(", ", model.Outputs.Select(o => o.Name))}.");
            outputs.Add(outputs.Contains(output) ? throw InferenceRefusals.Name(name, $"The output '{name}' is asked for twice.") : output);
        }

        return outputs;
    }
}
