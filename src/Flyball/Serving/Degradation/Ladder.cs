using Flyball.Training;

namespace Flyball.Serving.Degradation;

/// <summary>
/// Climbs down until something answers: the version that the plan chose, the champion when a canary failed, the version before it, the declared rule.
/// Each rung is tried only as long as the request's time lasts; the rule costs nothing and answers even then.
/// </summary>
internal sealed class Ladder(VersionAttempt attempts, TimeProvider time)
{
    /// <summary>A version that could not be loaded says nothing of itself.</summary>
    private static bool IsProbability(TrafficPlan plan) => plan.Champion.Missing is null && AnswerRange.IsProbability(plan.Champion.Scorer.Manifest);

    /// <param name="late">Whether time ran out before every rung was tried.</param>
    public LadderAnswer? Climb(TrafficPlan plan, ServedVersion chosen, ServeDefinition serve, in LadderRequest request, out bool late)
    {
        var reach = true;
        late = request.Deadline.HasPassed(time);
        if (!late && attempts.Try(chosen, Rung.Full, serve.Features, request, ref reach) is { } full)
        {
            return full;
        }

        late = late || request.Deadline.HasPassed(time);
        if (!late && !ReferenceEquals(chosen, plan.Champion))
        {
            if (attempts.Try(plan.Champion, Rung.Champion, serve.Features, request, ref reach) is { } champion)
            {
                return champion;
            }

            late = request.Deadline.HasPassed(time);
        }

        if (!late && serve.PreviousVersion && plan.Previous is { } previous)
        {
            if (attempts.Try(previous, Rung.PreviousVersion, serve.Features, request, ref reach) is { } before)
            {
                return before;
            }

            late = request.Deadline.HasPassed(time);
        }

        // Who asks for a version by its number is answered by it or not at all.
        return !plan.IsByName && serve.Rule is { } rule && rule.Evaluate(request.Row).TryGetNumber(out var constant) && serve.Answer.Holds(constant, IsProbability(plan))
            ? new LadderAnswer(plan.Champion, Rung.Rule, FeatureOrigin.Live, [], [], new Score((float)constant, constant))
            : null;
    }
}
