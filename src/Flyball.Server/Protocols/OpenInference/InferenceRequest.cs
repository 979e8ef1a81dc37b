namespace Flyball.Server.Protocols.OpenInference;

/// <summary>A request to infer, whatever way it came.</summary>
/// <param name="Id">Sent back with the answer; null when there is none.</param>
/// <param name="TimeoutMicros">The caller's own limit; null when there is none.</param>
/// <param name="Inputs">At least one.</param>
/// <param name="Outputs">What is asked for, in order; null for everything.</param>
internal sealed record InferenceRequest(string? Id, long? TimeoutMicros, IReadOnlyList<InputTensor> Inputs, IReadOnlyList<RequestedOutput>? Outputs)
{
    /// <summary>Whether outputs that are not asked for by name are sent raw.</summary>
    public bool IsBinaryByDefault { get; init; }

    /// <summary>A caller's limit as the protocol states it: 0 is none.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3406: it is no time.</exception>
    public static long? Timeout(long? micros) => micros switch
    {
        null or 0 => null,
        > 0 and <= InferenceLimits.LongestTimeout => micros,
        _ => throw InferenceRefusals.Parameter("timeout", "'timeout' is no number of microseconds up to an hour."),
    };

    /// <exception cref="Engine.Problems.FlyballException">FLY3400: it is longer than what is sent back.</exception>
    public static string? CheckedId(string? id) => id is { Length: > InferenceLimits.LongestId }
        ? throw InferenceRefusals.Malformed($"'id' has more than {InferenceLimits.LongestId} characters.")
        : id;
}

/// <summary>An output that is asked for.</summary>
/// <param name="IsBinary">Whether it is sent raw; null leaves it to the request.</param>
internal readonly record struct RequestedOutput(string Name, bool? IsBinary = null);
