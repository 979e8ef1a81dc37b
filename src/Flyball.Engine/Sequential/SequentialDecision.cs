using System.Text.Json.Serialization;

namespace Flyball.Engine.Sequential;

/// <summary>What a metric asks of a rollout at a look.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SequentialDecision>))]
public enum SequentialDecision
{
    /// <summary>Not decided: go on collecting.</summary>
    Continue,

    /// <summary>The canary is worse: the lower bound of the harm is above 0.</summary>
    Rollback,

    /// <summary>The canary is not worse by the margin: the upper bound of the harm is below it.</summary>
    PromoteOk,

    /// <summary>The deadline passed undecided: hold at the present share for a person.</summary>
    Inconclusive,
}
