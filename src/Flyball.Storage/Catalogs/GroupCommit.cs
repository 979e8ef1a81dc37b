using Microsoft.Data.Sqlite;

namespace Flyball.Storage.Catalogs;

/// <summary>
/// Writers that come together share one transaction and one sync.
/// <list type="number">
/// <item>A writer queues its statements. When no group is under way it leads one itself, at once.</item>
/// <item>The leader runs all that wait, each in a savepoint: statements that fail are undone alone.</item>
/// <item>One commit makes the group durable; only then is anyone answered. Who came meanwhile is the next group.</item>
/// </list>
/// </summary>
/// <remarks>
/// A writer sees what writers before it in its group wrote; they become durable together or not at all. Foreign keys are checked as each
/// statement runs: a constraint that waits for the commit would fail the whole group.
/// </remarks>
internal sealed class GroupCommit(SqliteConnection writer) : IThreadPoolWorkItem
{
    /// <summary>The most in one transaction, so that the first of them does not wait long.</summary>
    private const int Most = 256;

    private static readonly PreparedStatement Open = new("SAVEPOINT member");
    private static readonly PreparedStatement Undo = new("ROLLBACK TO member");
    private static readonly PreparedStatement Keep = new("RELEASE member");

    private readonly Lock gate = new();
    private readonly Queue<PendingWrite> waiting = [];
    private readonly List<PendingWrite> group = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isLed;
    private bool isClosed;

    /// <summary>Queues one writer; a lone one has run when this returns.</summary>
    public void Add(PendingWrite pending)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, typeof(Catalog));
            waiting.Enqueue(pending);
            if (isLed)
            {
                return;
            }

            isLed = true;
        }

        Execute();
    }

    /// <summary>Lets nobody in any more; completes when those inside are answered.</summary>
    public Task CloseAsync()
    {
        lock (gate)
        {
            isClosed = true;
            if (!isLed)
            {
                ended.TrySetResult();
            }
        }

        return ended.Task;
    }

    /// <summary>Leads one group, and leaves the next one to a thread of the pool: a caller works for others once at most.</summary>
    public void Execute()
    {
        Take();
        if (group.Count > 0)
        {
            Run();
        }

        lock (gate)
        {
            group.Clear();
            isLed = waiting.Count > 0;
            if (!isLed)
            {
                if (isClosed)
                {
                    ended.TrySetResult();
                }

                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Take()
    {
        lock (gate)
        {
            while (group.Count < Most && waiting.TryDequeue(out var next))
            {
                if (next.TryTake())
                {
                    group.Add(next);
                }
            }
        }
    }

    private void Run()
    {
        try
        {
            using var transaction = writer.BeginTransaction();
            if (group is [var lone])
            {
                lone.Run(writer, transaction);
            }
            else
            {
                RunEach(transaction);
            }

            transaction.Commit();
        }
        catch (Exception failure)
        {
            // Nothing of the group is there: a member that failed alone keeps its own reason.
            foreach (var member in group)
            {
                member.Fail(failure);
            }
        }

        foreach (var member in group)
        {
            member.Complete();
        }
    }

    private void RunEach(SqliteTransaction transaction)
    {
        foreach (var member in group)
        {
            Open.Execute(writer, transaction);
            try
            {
                member.Run(writer, transaction);
            }
            catch (Exception failure)
            {
                member.Fail(failure);
                // When the database has undone the whole transaction there is no savepoint left, and this fails the group.
                Undo.Execute(writer, transaction);
            }

            Keep.Execute(writer, transaction);
        }
    }
}
