using Flyball.Engine.Expressions;
using Flyball.Serving.Backends;

namespace Flyball.Serving.Batches;

/// <summary>What is scored by whom, and how.</summary>
/// <param name="Version">Who scores.</param>
/// <param name="Serve">What the model's file says about serving.</param>
/// <param name="Terms">What was asked for.</param>
/// <param name="Model">How a batch gets its scores.</param>
/// <param name="Standing">What every row finds, where the declared values are taken; null where each finds its own, or none is looked up.</param>
internal sealed record BatchJob(ServedVersion Version, ServeDefinition Serve, BatchTerms Terms, IBatchModel Model, Value[]? Standing)
{
    /// <summary>Whether each row finds values of its own. A rule reads the request alone.</summary>
    public bool LooksUp => Version.Vector.LookedUp.Count > 0 && Standing is null && Version.Scorer is not RuleBackend;

    /// <summary>Memory for one thread's rows.</summary>
    public ScoreBatch NewBatch() => new(Version, Terms.BatchRows, Standing);
}
