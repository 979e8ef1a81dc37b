using System.Data;
using Dapper;
using Flyball.Storage.Catalogs;
using Flyball.Storage.TestKit;
using Microsoft.Data.Sqlite;

namespace Flyball.Storage.Tests.Catalogs;

/// <summary>Writers that come while another one commits. The first writer is held inside of its statements until all others wait.</summary>
public sealed class GroupCommitTests : IAsyncDisposable
{
    private static readonly Migration Table = new("kit", 1, "CREATE TABLE item (key INTEGER PRIMARY KEY, value INTEGER NOT NULL CHECK (value <> 13));");

    private readonly TemporaryDirectory home = new();
    private readonly Catalog catalog;
    private readonly ManualResetEventSlim inside = new();
    private readonly ManualResetEventSlim release = new();

    public GroupCommitTests() => catalog = Catalog.Open(home["catalog.db"], [Table]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        release.Set();
        await catalog.DisposeAsync();
        home.Dispose();
        inside.Dispose();
        release.Dispose();
    }

    [Fact]
    public async Task A_member_that_fails_is_undone_alone()
    {
        var first = Hold();
        var good = Put(1, 10);
        var thrown = catalog.WriteAsync<int>((c, t) => throw new InvalidOperationException(Insert(c, t, 2, 20).ToString()), CancellationToken.None);
        var broken = catalog.WriteAsync((c, t) => Insert(c, t, 3, 30) + Insert(c, t, 4, 13), CancellationToken.None);
        var taken = Put(1, 99);
        var last = Put(5, 50);
        release.Set();

        await first;
        Assert.Equal(1, await good);
        Assert.Equal(1, await last);
        await Assert.ThrowsAsync<InvalidOperationException>(() => thrown);
        await Assert.ThrowsAsync<SqliteException>(() => broken);
        await Assert.ThrowsAsync<SqliteException>(() => taken);
        Assert.Equal([(0, 0), (1, 10), (5, 50)], All());
    }

    [Fact]
    public async Task Nobody_is_answered_before_the_group_is_durable()
    {
        var first = Hold();
        var member = Put(1, 10);
        var seen = catalog.WriteAsync((_, _) => (Answered: member.IsCompleted, Durable: All().Contains((1, 10))), CancellationToken.None);
        release.Set();

        await first;
        Assert.Equal((false, false), await seen);
        Assert.True(member.IsCompletedSuccessfully);
        Assert.Contains((1, 10), All());
    }

    [Fact]
    public async Task A_waiting_writer_that_gives_up_writes_nothing()
    {
        using var mind = new CancellationTokenSource();
        var first = Hold();
        var withdrawn = catalog.WriteAsync((c, t) => Insert(c, t, 1, 10), mind.Token);
        var kept = Put(2, 20);
        await mind.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => withdrawn);
        release.Set();

        await first;
        await kept;
        Assert.Equal([(0, 0), (2, 20)], All());
    }

    [Fact]
    public async Task When_the_transaction_is_gone_every_member_fails_and_none_is_there()
    {
        var first = Hold();
        var good = Put(1, 10);
        var broken = catalog.WriteAsync(
            (c, t) =>
            {
                // As a full disk does: the database gives the whole transaction up in the middle.
                c.Execute("ROLLBACK");
                return Insert(c, null, 2, 13);
            },
            CancellationToken.None);
        var late = Put(3, 30);
        release.Set();

        await first;
        await Assert.ThrowsAnyAsync<Exception>(() => good);
        await Assert.ThrowsAnyAsync<Exception>(() => broken);
        await Assert.ThrowsAnyAsync<Exception>(() => late);
        Assert.Equal([(0, 0)], All());
        Assert.Equal(1, await Put(4, 40));
    }

    [Fact]
    public async Task Closing_waits_for_those_inside_and_refuses_others()
    {
        var first = Hold();
        var member = Put(1, 10);
        var closing = catalog.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Put(2, 20));
        release.Set();

        await closing;
        await first;
        Assert.Equal(1, await member);
        await using var again = Catalog.Open(home["catalog.db"], [Table]);
        Assert.Equal([0, 1], again.Read(c => c.Query<long>("SELECT key FROM item ORDER BY key").ToArray()));
    }

    [Fact]
    public async Task Many_writers_share_commits_and_each_gets_its_own_answer()
    {
        const int Writers = 2_000;
        var answers = await Task.WhenAll(Enumerable.Range(1, Writers).Select(async i =>
        {
            await Task.Yield();
            try
            {
                return await catalog.WriteAsync((c, t) => i % 7 == 0 ? Fail(c, t, i) : (Key: i, Rows: Insert(c, t, i, 100 + i)), Stop);
            }
            catch (InvalidOperationException)
            {
                return (Key: -i, Rows: 0);
            }
        }));

        Assert.Equal(Enumerable.Range(1, Writers).Select(i => i % 7 == 0 ? -i : i), answers.Select(a => a.Key));
        Assert.Equal(Enumerable.Range(1, Writers).Where(i => i % 7 != 0), All().Select(r => r.Key));
    }

    private static (int Key, int Rows) Fail(IDbConnection c, IDbTransaction t, int key)
    {
        Insert(c, t, key, 1);
        throw new InvalidOperationException("refused");
    }

    /// <summary>A writer that is under way until the test lets it go.</summary>
    private Task Hold()
    {
        var held = new TaskCompletionSource<Task>();
        new Thread(() => held.SetResult(catalog.WriteAsync(
            (c, t) =>
            {
                inside.Set();
                release.Wait(TimeSpan.FromSeconds(30));
                return Insert(c, t, 0, 0);
            },
            CancellationToken.None))).Start();
        inside.Wait(TimeSpan.FromSeconds(30), Stop);
        return held.Task.Unwrap();
    }

    private Task<int> Put(int key, int value) => catalog.WriteAsync((c, t) => Insert(c, t, key, value), CancellationToken.None);

    private static int Insert(IDbConnection c, IDbTransaction? t, int key, int value) => c.Execute("INSERT INTO item (key, value) VALUES (@key, @value)", new { key, value }, t);

    private (int Key, int Value)[] All() => catalog.Read(c => c.Query<(long Key, long Value)>("SELECT key, value FROM item ORDER BY key").Select(r => ((int)r.Key, (int)r.Value)).ToArray());
}
