using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Serving.Backends;
using Flyball.Serving.Degradation;
using Flyball.Training;

namespace Flyball.Serving.Batches;

/// <summary>
/// Scores a file of any size with one version.
/// <list type="number">
/// <item>Rows are read and checked, and go through the model in full batches, on all processors.</item>
/// <item>Looked up features are asked for first, once for the whole file, of whoever has the events: at each row's own instant, by the fold of training.</item>
/// <item>Every so many rows what was done is made durable as a part, and counts from then on: a run that was killed goes on behind its last part.</item>
/// <item>At the end the parts become one file, which takes the place of the result whole.</item>
/// </list>
/// The bytes of the result follow from the file, the version, the options, and where features are looked up the horizon, however often the run was interrupted. Memory does
/// not grow with the file.
/// </summary>
/// <param name="version">Loaded; its scorer is used from several threads.</param>
/// <param name="serve">What the model's file says of requests and answers; null for nothing.</param>
/// <param name="time">For the instant of requests that state none.</param>
public sealed class BatchScoring(ServedVersion version, ServeDefinition? serve = null, TimeProvider? time = null)
{
    private const int MostRows = 65_536;
    private const int MostBatches = 4_096;
    private const int MostRemoteRows = 1_024;

    private readonly ServeDefinition serve = serve ?? ServeDefinition.Default;
    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <summary>Who scores.</summary>
    public ServedVersion Version => version;

    /// <summary>Scores a file whose requests look nothing up.</summary>
    /// <param name="terms">The file and how.</param>
    /// <param name="progress">Told after each batch, on one of several threads, one at a time.</param>
    /// <param name="cancellation">Stops between batches; what a checkpoint covers stays.</param>
    /// <exception cref="FlyballException">FLY5020 to FLY5024, FLY5028: it cannot be scored so. FLY3004: the input is damaged or does not fit the contract.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public BatchResult Run(BatchTerms terms, Action<BatchStep>? progress, CancellationToken cancellation) => Begin(terms).Run(progress, cancellation);

    /// <summary>Begins the scoring of a file, or goes on with one: nothing is read yet but its columns and its digest. Cost: one pass over the file's bytes.</summary>
    /// <param name="terms">The file and how.</param>
    /// <exception cref="FlyballException">FLY5020 to FLY5022, FLY5024: it cannot be scored so. FLY3004: its columns do not fit the contract.</exception>
    public BatchWork Begin(BatchTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        Check(terms);
        var columns = ScoreColumns.Of(version, terms.Columns, serve.Requests);
        var job = new BatchJob(version, serve, terms, ModelOf(terms), StandingOf(terms));
        var at = InstantFor(job);
        var requests = at is { } instant ? BatchReader.StandingIn(serve.Requests, version.Vector.Request, instant) : serve.Requests;

        // Columns that do not fit are told before anything is written.
        BatchReader.Open(version, requests, terms.Input).Dispose();
        return BatchWork.Open(job, columns, requests, at);
    }

    private static void Check(BatchTerms terms)
    {
        var input = Path.GetFullPath(terms.Input);
        if (Path.GetExtension(terms.Output) is not (".parquet" or ".csv") || Path.GetFullPath(terms.Output) == input || BatchAssembly.RejectedName(terms.Output) == input)
        {
            throw BatchProblems.Form(terms.Output);
        }

        if (terms.BatchRows is < 1 or > MostRows || terms.BatchesPerPart is < 1 or > MostBatches)
        {
            throw BatchProblems.Size("batch", MostRows);
        }

        if (terms.RemoteRows is < 1 or > MostRemoteRows)
        {
            throw BatchProblems.Size("remote-batch", MostRemoteRows);
        }
    }

    /// <summary>The instant of requests that state none; null where each states its own, or nothing depends on it.</summary>
    private EventTime? InstantFor(BatchJob job)
    {
        var isTimed = !version.Vector.Request.IsTimedByArrival;
        var isNeeded = isTimed ? BatchReader.LacksInstant(version, serve.Requests, job.Terms.Input) : job.LooksUp;
        return job.Terms.At ?? (isNeeded ? BatchFolder.BegunAt(job.Terms) ?? EventTime.From(time.GetUtcNow()) : null);
    }

    private IBatchModel ModelOf(BatchTerms terms) => version.Scorer switch
    {
        BundleScorer loaded => new MatrixModel(version, loaded),
        RuleBackend rule => new RuleModel(version, rule),
        RemoteBackend remote => new RemoteModel(version, remote, terms.RemoteRows, new Breaker(time)),
        var other => throw new NotSupportedException($"Nothing scores files with {other.Kind}."),
    };

    private Value[]? StandingOf(BatchTerms terms) => !terms.UsesDefaultFeatures ? null
        : version.Vector.LookedUp.Count > 0 && serve.Features.DefaultsOf(version.Vector) is { } declared ? declared
        : throw BatchProblems.NoDefaults(version.Model);
}
