using System.Data;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Catalogs;

namespace Flyball.Registry;

/// <summary>
/// The one way to change the registry.
/// <list type="number">
/// <item>A change is checked; a refusal is audited with every condition that failed.</item>
/// <item>Its audit entry is durable before the change is made.</item>
/// <item>In the transaction it is checked again, made, entered in the ledger and told; another process on the same catalog cannot come between.</item>
/// </list>
/// Thread-safe: changes wait for each other.
/// </summary>
internal sealed class RegistryChanges(Catalog catalog, AuditTrail audit, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim changing = new(1, 1);

    public Catalog Catalog => catalog;

    public AuditTrail Audit => audit;

    public EventTime Now => EventTime.From(time.GetUtcNow());

    public void Dispose() => changing.Dispose();

    /// <param name="act">Made while no other change is under way.</param>
    /// <param name="check">Says what speaks against it; asked outside of the transaction, and again inside of it.</param>
    /// <param name="apply">Makes it.</param>
    /// <param name="cancellation">Gives up before anything is changed.</param>
    public async Task<RegistryOutcome<T>> MakeAsync<T>(
        Func<RegistryAct> act, Func<IDbConnection, IDbTransaction?, IReadOnlyList<Problem>> check, Func<RegistryTransaction, T> apply, CancellationToken cancellation)
        where T : class
    {
        await changing.WaitAsync(cancellation);
        try
        {
            return await MakeAloneAsync(act(), check, apply, cancellation);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>The same for a caller that holds <see cref="AloneAsync"/>.</summary>
    public async Task<RegistryOutcome<T>> MakeAloneAsync<T>(
        RegistryAct act, Func<IDbConnection, IDbTransaction?, IReadOnlyList<Problem>> check, Func<RegistryTransaction, T> apply, CancellationToken cancellation)
        where T : class
    {
        var problems = catalog.Read(c => check(c, null));
        if (problems.Count == 0)
        {
            await audit.AllowAsync(act.Caller, act.Action, act.ObjectType, act.ObjectId, act.ObjectVersion, act.Before, act.After, act.Reason, act.Details, cancellation);
            var (made, raced) = await catalog.WriteAsync<(T?, IReadOnlyList<Problem>)>(
                (c, t) => check(c, t) is { Count: > 0 } late ? (null, late) : (apply(new RegistryTransaction(c, t, act.Caller, act.Reason, Now)), []),
                cancellation);
            if (made is not null)
            {
                return new RegistryOutcome<T>(made, []);
            }

            problems = raced;
        }

        // A name that is nobody's is no decision about anything.
        if (problems.Any(p => p.Code != "FLY4004"))
        {
            await audit.DenyAsync(act.Caller, act.Action, act.ObjectType, act.ObjectId, act.ObjectVersion, act.Before, act.After, act.Reason, problems, cancellation);
        }

        return new RegistryOutcome<T>(null, problems);
    }

    /// <summary>Runs several steps with no other change between them.</summary>
    public async Task<T> AloneAsync<T>(Func<Task<T>> steps, CancellationToken cancellation)
    {
        await changing.WaitAsync(cancellation);
        try
        {
            return await steps();
        }
        finally
        {
            changing.Release();
        }
    }
}
