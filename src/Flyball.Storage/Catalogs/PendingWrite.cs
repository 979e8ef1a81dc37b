using System.Data;

namespace Flyball.Storage.Catalogs;

/// <summary>One caller's statements while they wait for their group, and what they came to.</summary>
internal abstract class PendingWrite
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private int state;

    /// <summary>True when the caller still wants it; from then on it can no longer be withdrawn.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref state, Taken, Waiting) == Waiting;

    /// <summary>Runs the statements; what they return is kept until the group is durable.</summary>
    public abstract void Run(IDbConnection connection, IDbTransaction transaction);

    /// <summary>Notes that they failed: only they are undone.</summary>
    public abstract void Fail(Exception failure);

    /// <summary>Answers the caller: with the result, or with the failure noted before.</summary>
    public abstract void Complete();

    protected bool TryWithdraw() => Interlocked.CompareExchange(ref state, Withdrawn, Waiting) == Waiting;
}

/// <summary>One caller's statements with the type of their result.</summary>
internal sealed class PendingWrite<T> : PendingWrite
{
    private readonly Func<IDbConnection, IDbTransaction, T> write;
    private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration withdrawal;
    private T? result;
    private Exception? failure;

    public PendingWrite(Func<IDbConnection, IDbTransaction, T> write, CancellationToken ct)
    {
        this.write = write;
        withdrawal = ct.UnsafeRegister(
            static (self, token) =>
            {
                var pending = (PendingWrite<T>)self!;
                if (pending.TryWithdraw())
                {
                    pending.answer.TrySetCanceled(token);
                }
            },
            this);
    }

    public Task<T> Answer => answer.Task;

    public override void Run(IDbConnection connection, IDbTransaction transaction) => result = write(connection, transaction);

    public override void Fail(Exception failure) => this.failure ??= failure;

    public override void Complete()
    {
        withdrawal.Unregister();
        if (failure is null)
        {
            answer.TrySetResult(result!);
        }
        else
        {
            answer.TrySetException(failure);
        }
    }
}
