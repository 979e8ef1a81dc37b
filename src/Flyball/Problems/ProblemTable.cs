namespace Flyball.Problems;

/// <summary>
/// One table from a problem's code to its HTTP status and the exit code of the command line.
/// Codes are grouped by hundreds so that a new problem finds its row without an edit here.
/// </summary>
public static class ProblemTable
{
    /// <summary>HTTP status of a problem: 4xx for what a caller can mend, 5xx only for a broken machine.</summary>
    public static int StatusOf(string code) => code switch
    {
        "FLY4001" => 401,
        "FLY4003" => 403,
        "FLY4004" => 404,
        "FLY4005" => 405,
        "FLY4013" => 413,
        "FLY4015" => 415,
        "FLY3023" => 507, // no room for a body
        "FLY3146" => 503, // no library that reads the form
        "FLY2031" => 413, // an audit entry too large: its reason came with the request
        "FLY3178" => 400, // a word of a query that has one value came twice
        "FLY4091" => 409, // an idempotency key is in flight
        "FLY4092" => 422, // an idempotency key came back with another request
        "FLY4093" => 409, // it was decided otherwise before
        "FLY4094" => 409, // nothing of what was named may be released
        _ when code.StartsWith("FLY10", StringComparison.Ordinal) => 422, // expressions
        _ when code.StartsWith("FLY126", StringComparison.Ordinal) => 409, // a change of applied definitions that is refused
        _ when code.StartsWith("FLY11", StringComparison.Ordinal) || code.StartsWith("FLY12", StringComparison.Ordinal) => 422, // definitions
        _ when code.StartsWith("FLY319", StringComparison.Ordinal) => 409, // what served features forbid
        "FLY3301" or "FLY3307" => 404, // no such run, experiment, logged model or artifact
        "FLY3302" or "FLY3304" => 409, // a name that is taken, a state that forbids it
        _ when code.StartsWith("FLY330", StringComparison.Ordinal) || code.StartsWith("FLY331", StringComparison.Ordinal) => 400, // requests of tracking
        _ when code.StartsWith("FLY333", StringComparison.Ordinal) => 400, // names and texts of the registry
        _ when code.StartsWith("FLY334", StringComparison.Ordinal) => 409, // what the registry's state forbids
        "FLY3357" or "FLY3358" => 409, // a signature that does not hold, a rollback to what was just left
        _ when code.StartsWith("FLY335", StringComparison.Ordinal) => 422, // archives of versions
        _ when code.StartsWith("FLY30", StringComparison.Ordinal) => 400, // malformed requests
        _ when code.StartsWith("FLY31", StringComparison.Ordinal) => 422, // rows that break their contract
        _ when code.StartsWith("FLY336", StringComparison.Ordinal) => 400, // malformed questions about runs
        _ when code.StartsWith("FLY337", StringComparison.Ordinal) => 422, // a bundle whose golden rows or signatures do not come out
        _ when code.StartsWith("FLY338", StringComparison.Ordinal) => 400, // evidence that cannot be attached
        "FLY3931" => 403, // a request that may not be marked as a test
        _ when code.StartsWith("FLY393", StringComparison.Ordinal) => 400, // trials of the server
        _ when IsOfProgram(code) => 409, // a training program that is not as it was named, or cannot be shut in
        _ when code.StartsWith("FLY339", StringComparison.Ordinal) => 422, // model files of elsewhere that cannot be judged
        "FLY3906" => 503, // nothing here examines model files
        _ when code.StartsWith("FLY390", StringComparison.Ordinal) || code.StartsWith("FLY391", StringComparison.Ordinal) => 422, // model files and declared backends that are refused
        _ when code.StartsWith("FLY396", StringComparison.Ordinal) => 422, // what a model's file says of its requests and answers
        "FLY3970" => 409, // a version that answered lately
        "FLY3972" => 400, // a deprecation whose date or note cannot be
        "FLY3971" => 400, // an override without a reason
        "FLY3407" => 404, // a version that gets no traffic
        _ when code.StartsWith("FLY340", StringComparison.Ordinal) => 400, // requests of other protocols to predict
        _ when code.StartsWith("FLY32", StringComparison.Ordinal) => 409, // refused by a gate or a state
        "FLY5003" => 504, // time ran out
        "FLY5090" => 408, // a body that comes too slowly
        "FLY5031" => 400, // a mode or webhook that is not there
        "FLY5032" => 409, // a request whose contract changed while it waited
        "FLY5033" => 500, // a request that broke something
        _ when code.StartsWith("FLY507", StringComparison.Ordinal) => 400, // what is asked for and not done here
        _ when code.StartsWith("FLY504", StringComparison.Ordinal) => 422, // definitions of modes, and events they do not fit
        _ when code.StartsWith("FLY502", StringComparison.Ordinal) => 422, // a file that cannot be scored
        _ when code.StartsWith("FLY50", StringComparison.Ordinal) => 503, // nothing is able to serve
        _ when code.StartsWith("FLY20", StringComparison.Ordinal) => 503, // storage is broken
        _ => 500,
    };

    /// <summary>Exit code of the command line: 1 for a failed check or gate, 2 for bad usage or input.</summary>
    public static int ExitCodeOf(string code) =>
        code.StartsWith("FLY32", StringComparison.Ordinal) || code.StartsWith("FLY334", StringComparison.Ordinal) || code.StartsWith("FLY126", StringComparison.Ordinal) || IsOfProgram(code)
        || code is "FLY3970" or "FLY3357" or "FLY3358" or "FLY4093" or "FLY4094" || code.StartsWith("FLY319", StringComparison.Ordinal) ? 1 : 2;

    /// <summary>The second half of its ten.</summary>
    private static bool IsOfProgram(string code) => code.StartsWith("FLY339", StringComparison.Ordinal) && code[^1] >= '5';

    /// <summary>A short title for the hundred a code belongs to.</summary>
    public static string TitleOf(string code) => StatusOf(code) switch
    {
        400 => "Malformed request",
        401 => "Not authenticated",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Method not allowed",
        408 => "Too slow",
        409 => "Refused in the present state",
        413 => "Body too large",
        415 => "Unsupported content type",
        422 => "Does not fit its definition",
        507 => "No room",
        503 => "Not able to serve",
        504 => "Too late",
        _ => "Internal error",
    };
}
