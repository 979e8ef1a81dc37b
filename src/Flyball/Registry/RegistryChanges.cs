using System.Data;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Registry.Ledger;
using Flyball.Storage.Catalogs;

namespace Flyball.Registry;

/// <summary>
/// The one way to change the registry.
/// <list type="number">
/// <item>A change is checked; a refusal is audited with every condition that failed.</item>
/// <item>Its audit entry is durable before the change is made.</item>
/// <item>In the transaction it is checked again, made, entered in the ledger and told; another process on the same catalog cannot come between.</item>
/// <item>How far the ledger then goes, and its last hash, are left in the audit log: a ledger that is rewritten or cut off is found.</item>
/// </list>
/// Thread-safe: changes wait for each other.
/// </summary>
internal sealed class RegistryChanges(Catalog catalog, AuditTrail audit, TimeProvider time) : IDisposable
{
    private static readonly Caller Self = Caller.System("registry");

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
            var (made, head, raced) = await catalog.WriteAsync<(T?, LedgerHead?, IReadOnlyList<Problem>)>((c, t) => Apply(c, t, act, check, apply), cancellation);
            if (made is not null)
            {
                if (head is not null)
                {
                    // The change is made: whoever asked for it may be gone, its trace is written all the same.
                    await audit.AllowAsync(Self, LedgerHead.Action, "ledger", "registry", null, null, null, null, head.ToJson(), CancellationToken.None);
                }

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

    /// <returns>What was made with the ledger's new head, null when nothing was entered; or what speaks against it by now.</returns>
    private (T? Made, LedgerHead? Head, IReadOnlyList<Problem> Raced) Apply<T>(
        IDbConnection c, IDbTransaction t, RegistryAct act, Func<IDbConnection, IDbTransaction?, IReadOnlyList<Problem>> check, Func<RegistryTransaction, T> apply)
        where T : class
    {
        if (check(c, t) is { Count: > 0 } late)
        {
            return (null, null, late);
        }

        var before = LedgerWriter.Head(c, t);
        var made = apply(new RegistryTransaction(c, t, act.Caller, act.Reason, Now) { Trace = act.Trace });
        var after = LedgerWriter.Head(c, t);
        return (made, after == before ? null : after, []);
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
