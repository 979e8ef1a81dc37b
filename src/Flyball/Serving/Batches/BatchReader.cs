using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Serving.Batches;

/// <summary>
/// The requests of a file, read by what live requests are read by: the contract's reader and what the model declares of its requests. One pass; memory does
/// not grow with the file. Not thread-safe.
/// </summary>
internal sealed class BatchReader : IDisposable
{
    private const string KnownAtName = "known_at";

    private readonly EventFile file;
    private readonly RowProblems problems = new();

    private BatchReader(EventFile file) => this.file = file;

    /// <summary>The place of the row that was read last among those of the file, from 1.</summary>
    public long Place => file.Rows;

    public long? Line => file.Line;

    public double Share => file.Share;

    /// <summary>Whether the row that was read last breaks the contract.</summary>
    public bool IsBad => problems.Count > 0;

    /// <summary>When the row that was read last says that it was known; null where it does not.</summary>
    public KnownAt? KnownAt => file.KnownAt is { } micros ? new KnownAt(micros) : null;

    public RequestReading Reading => file.Reading;

    /// <summary>Whether a file without a column for the instant of its requests was opened for a contract that has one.</summary>
    public static bool LacksInstant(ServedVersion version, RequestPolicy requests, string path)
    {
        var contract = version.Vector.Request;
        using var opened = Open(version, StandingIn(requests, contract, default), path);
        return !opened.file.Has(contract.EventTimeIndex);
    }

    /// <summary>What a model declares of its requests, and an instant for those that have none.</summary>
    public static RequestPolicy StandingIn(RequestPolicy requests, ContractPlan contract, EventTime at) => contract.IsTimedByArrival
        ? requests
        : requests with
        {
            Stands = new Dictionary<string, Value>(requests.Stands, StringComparer.Ordinal) { [contract.Fields[contract.EventTimeIndex].Name] = Value.FromTimestamp(at.Micros) },
        };

    /// <param name="version">Whose requests they are.</param>
    /// <param name="requests">What they may lack, and have beside the contract.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="FlyballException">FLY3004: the file cannot be read, or its columns do not fit the contract of requests.</exception>
    public static BatchReader Open(ServedVersion version, RequestPolicy requests, string path)
    {
        var contract = version.Vector.Request;

        // When a request was known matters to features that are looked up, and to nothing else.
        var known = version.Vector.LookedUp.Count > 0 && contract.ColumnOf(KnownAtName) < 0 ? new KnownAtColumn(contract, KnownAtName) { IsOptional = true } : null;
        return new BatchReader(EventFile.Open(path, new EventFileTerms(contract, known, CountsLines: true, Unknown: version.UnknownColumn, Requests: requests)));
    }

    public void Skip(long rows, CancellationToken cancellation) => file.Skip(rows, cancellation);

    /// <summary>Reads the next row; false at the end of the file.</summary>
    /// <param name="row">As long as the contract's schema; without meaning when the row is bad.</param>
    public bool TryRead(Span<Value> row) => file.TryRead(row, problems);

    /// <summary>The row that was read last, and why it is bad.</summary>
    public RejectedRow Rejected() => new(file.Rows, file.Line, problems.ToList());

    public void Dispose() => file.Dispose();
}
