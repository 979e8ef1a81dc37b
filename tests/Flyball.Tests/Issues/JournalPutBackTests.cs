using System.Text;
using Flyball.Contracts;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Storage.Journals;
using Flyball.Tests.Contracts;
using Flyball.Workspaces;

namespace Flyball.Tests.Issues;

/// <summary>A journal restored from an older copy gave new events the numbers of lost ones, and the lake never took them in.</summary>
public sealed class JournalPutBackTests
{
    [Fact]
    public async Task A_data_directory_whose_lake_is_ahead_of_its_journal_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("flyball-put-back-").FullName;
        try
        {
            await using (var workspace = Workspace.Open(folder, TimeProvider.System, []))
            {
                await workspace.Events.AppendAsync(new JournalBatch([new JournalEntry("other", Encoding.UTF8.GetBytes("{}"))]), CancellationToken.None);
                EventLake.Extend(workspace.Events, workspace.Lake, [Sample.Transactions], new Horizon(1));
            }

            await using (var again = Workspace.Open(folder, TimeProvider.System, []))
            {
                Assert.Equal(new Horizon(1), again.Events.Durable);
            }

            Directory.Delete(Path.Combine(folder, "events"), recursive: true);

            var refused = Assert.Throws<FlyballException>(() => Workspace.Open(folder, TimeProvider.System, []));

            Assert.Equal("FLY2054", refused.Problem.Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Two requests that extend the lake at once: the second wrote again what the first had written, and was refused.</summary>
    [Fact]
    public async Task Extensions_at_the_same_time_each_succeed()
    {
        var folder = Directory.CreateTempSubdirectory("flyball-extend-").FullName;
        try
        {
            await using var workspace = Workspace.Open(folder, TimeProvider.System, []);
            for (var i = 0; i < 20; i++)
            {
                var row = Encoding.UTF8.GetBytes($$"""{"event_time":"2026-01-01T00:00:{{i + 10}}Z"}""");
                await workspace.Events.AppendAsync(new JournalBatch([new JournalEntry(EventLog.StreamOf(Sample.Transactions.Source), row)]), CancellationToken.None);
            }

            Parallel.For(1, 21, new ParallelOptions { MaxDegreeOfParallelism = 8 }, upTo =>
            {
                var manifest = Assert.Single(EventLake.Extend(workspace.Events, workspace.Lake, [Sample.Transactions], new Horizon(upTo)));
                Assert.Equal(upTo, manifest.Horizon.Seq);
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
