using Flyball.Engine.Problems;

namespace Flyball.Training.Tracking;

/// <summary>What can be wrong with a request to the tracking stores. The messages are those that clients of the protocol match on.</summary>
public static class TrackingProblems
{
    /// <summary>What is named is not there.</summary>
    public const string Absent = "FLY3301";

    /// <summary>The name is taken.</summary>
    public const string Taken = "FLY3302";

    /// <summary>A value cannot be taken as it is.</summary>
    public const string Invalid = "FLY3303";

    /// <summary>What is there does not allow it in its present state.</summary>
    public const string State = "FLY3304";

    public static FlyballException NoRun(string runId) => new(new Problem(Absent, $"Run with id={runId} not found", new ProblemLocation(Field: "run_id")));

    public static FlyballException NoExperiment(string id) => new(new Problem(Absent, $"No Experiment with id={id} exists", new ProblemLocation(Field: "experiment_id")));

    public static FlyballException NoModel(string id) => new(new Problem(Absent, $"Logged model with ID '{id}' not found.", new ProblemLocation(Field: "model_id")));

    public static FlyballException NotFound(string message) => new(new Problem(Absent, message));

    public static FlyballException Exists(string message) => new(new Problem(Taken, message, Remedy: null));

    public static FlyballException Wrong(string field, string message) => new(new Problem(Invalid, message, new ProblemLocation(Field: field)));

    public static FlyballException WrongState(string message) => new(new Problem(State, message));

    /// <summary>A write to a run that was deleted: the protocol counts it among the invalid values.</summary>
    public static FlyballException RunDeleted(string runId) =>
        Wrong("run_id", $"The run {runId} must be in the 'active' state. Current state is deleted.");
}
