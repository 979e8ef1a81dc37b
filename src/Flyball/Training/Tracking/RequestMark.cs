using System.Data;
using Dapper;

namespace Flyball.Training.Tracking;

/// <summary>A creation's idempotency key: sent again, it is answered with what was created the first time.</summary>
/// <param name="Scope">What is created; keys of different kinds do not meet.</param>
/// <param name="Key">As the caller sent it.</param>
/// <param name="Request">Digest of the whole request.</param>
public sealed record RequestMark(string Scope, string Key, string Request)
{
    public const int LongestKey = 255;

    /// <summary>Creates, or finds what the same request created, in the transaction of the creation.</summary>
    /// <returns>The id of what was created.</returns>
    /// <exception cref="Engine.Problems.FlyballException">FLY3303: the key came with another request.</exception>
    public static string Once(IDbConnection db, IDbTransaction tx, RequestMark? mark, Func<string> create)
    {
        if (mark is null)
        {
            return create();
        }

        var before = db.QueryFirstOrDefault<(string Request, string Created)?>("SELECT request, created FROM tracking_requests WHERE scope = @Scope AND key = @Key", mark, tx);
        if (before is { } first)
        {
            return first.Request == mark.Request ? first.Created : throw TrackingProblems.Wrong("Idempotency-Key", "This Idempotency-Key came before with another request.");
        }

        var created = create();
        db.Execute("INSERT INTO tracking_requests (scope, key, request, created) VALUES (@Scope, @Key, @Request, @created)", new { mark.Scope, mark.Key, mark.Request, created }, tx);
        return created;
    }
}
