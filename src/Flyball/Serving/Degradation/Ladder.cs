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
    /// <param name="lasting">Without an answer: whether the same versions would say the same at any time.</param>
    public LadderAnswer? Climb(TrafficPlan plan, ServedVersion chosen, ServeDefinition serve, in LadderRequest request, out bool late, out bool lasting)
    {
        var answer = Climb(plan, chosen, serve, request, out late, out ClimbState climb);
        lasting = !late && !climb.IsPassing;
        return answer;
    }

    private LadderAnswer? Climb(TrafficPlan plan, ServedVersion chosen, ServeDefinition serve, in LadderRequest request, out bool late, out ClimbState climb)
    {
        climb = ClimbState.Begin;
        late = request.Deadline.HasPassed(time);
        if (!late && attempts.Try(chosen, Rung.Full, serve.Features, request, ref climb) is { } full)
        {
            return full;
        }

        late = late || request.Deadline.HasPassed(time);
        if (!late && !ReferenceEquals(chosen, plan.Champion))
        {
            if (attempts.Try(plan.Champion, Rung.Champion, serve.Features, request, ref climb) is { } champion)
            {
                return champion;
            }

            late = request.Deadline.HasPassed(time);
        }

        if (!late && serve.PreviousVersion && plan.Previous is { } previous)
        {
            if (attempts.Try(previous, Rung.PreviousVersion, serve.Features, request, ref climb) is { } before)
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
