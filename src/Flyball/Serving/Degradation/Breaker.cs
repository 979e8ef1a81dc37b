using Polly;
using Polly.CircuitBreaker;

namespace Flyball.Serving.Degradation;

/// <summary>
/// Stops asking what keeps failing: when half of at least <see cref="Throughput"/> attempts within <see cref="Sampling"/> failed, nothing is tried
/// for <see cref="Pause"/>; then one attempt decides. Thread-safe. Cost of an attempt: some hundred nanoseconds, nothing allocated.
/// </summary>
internal sealed class Breaker
{
    public const int Throughput = 20;

    private readonly ResiliencePipeline<bool> pipeline;
    private readonly CircuitBreakerStateProvider state = new();

    public Breaker(TimeProvider time)
    {
        pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = 0.5,
                MinimumThroughput = Throughput,
                SamplingDuration = Sampling,
                BreakDuration = Pause,
                ShouldHandle = static attempt => new ValueTask<bool>(attempt.Outcome is { Exception: not null } or { Result: false }),
                StateProvider = state,
            })
            .Build();
    }

    public static TimeSpan Sampling { get; } = TimeSpan.FromSeconds(10);

    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether it is open: for people to look at, not to decide by, since an attempt may be due.</summary>
    public bool IsOpen => state.CircuitState is CircuitState.Open;

    /// <summary>Makes an attempt, unless too many failed.</summary>
    /// <param name="attempt">True when it went well. It throws nothing.</param>
    /// <returns>What the attempt said; false when none was made.</returns>
    public bool Try<TState>(TState with, Func<TState, bool> attempt)
    {
        var context = ResilienceContextPool.Shared.Get();
        try
        {
            var outcome = pipeline.ExecuteOutcomeAsync(
                static (_, s) => new ValueTask<Outcome<bool>>(Outcome.FromResult(s.attempt(s.with))), context, (with, attempt));

            // The attempt is made on this thread, and nothing in the pipeline waits.
            return outcome.IsCompletedSuccessfully && outcome.Result is { Exception: null, Result: true };
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
