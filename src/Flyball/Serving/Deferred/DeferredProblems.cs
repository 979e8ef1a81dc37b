using Flyball.Engine.Problems;

namespace Flyball.Serving.Deferred;

/// <summary>What can keep a request from being answered later.</summary>
internal static class DeferredProblems
{
    public static Problem Full { get; } = new("FLY5030", "More requests wait for this model than may.", Remedy: "Retry after the time that Retry-After states; serve: async: queue sets the bound.");

    public static Problem UnknownMode { get; } = new("FLY5031", "The mode of a prediction is not known.", new ProblemLocation(Field: "mode"), "Leave mode out for an answer at once, or ask with mode=async.");

    public static Problem UnknownWebhook { get; } = new(
        "FLY5031",
        "No webhook of this name is switched on and wants prediction_job.completed.",
        new ProblemLocation(Field: "webhook"),
        "Somebody with the permission Operate makes one: POST /v1/registry/webhooks.");

    public static Problem Changed { get; } = new("FLY5032", "The request's contract changed while it waited, and does not read it any more.", Remedy: "Ask again.");

    public static Problem Broken { get; } = new("FLY5033", "The request could not be answered: something failed in the server.", Remedy: "Look at the server's log for the job's id, and ask again.");

    public static Problem KeyReused { get; } = new("FLY4092", "This idempotency key was used for another request.", Remedy: "Use a new key for every request; repeat a key only with the same body.");

    public static Problem Unknown { get; } = new(
        "FLY4004", "There is no such job of yours, or its answer was kept as long as it is.", new ProblemLocation(Field: "id"), "serve: async: keep says how long answers are kept.");
}
