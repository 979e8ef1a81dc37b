using System.Globalization;
using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Profiles;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Tests.Contracts.Profiles;

/// <summary>An event log that feeds profiles, both in a folder that can be opened again.</summary>
internal sealed class ProfileFixture : IAsyncDisposable
{
    private readonly int? mostOpen;
    private Journal journal = null!;

    public ProfileFixture(int? mostOpen = null)
    {
        this.mostOpen = mostOpen;
        Open(Sample.Transactions);
    }

    public EventLog Log { get; private set; } = null!;

    public SourceProfiles Profiles { get; private set; } = null!;

    public string Root { get; } = Directory.CreateTempSubdirectory("flyball-profiles-").FullName;

    public string Folder => Path.Combine(Root, "profiles");

    public string[] Files => Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];

    /// <summary>Ends as a crash does, unless <paramref name="save"/>, and starts again.</summary>
    public async Task ReopenAsync(bool save, ContractPlan? plan = null)
    {
        if (save)
        {
            Profiles.Save();
        }

        await journal.DisposeAsync();
        Open(plan ?? Sample.Transactions);
    }

    /// <summary>One transaction a listed hour since 2018-04-01.</summary>
    public async Task IngestAsync(int firstId, params IEnumerable<int> hours)
    {
        using var batch = Log.NewBatch("transactions")!;
        foreach (var hour in hours)
        {
            var at = new EventTime(1_522_540_800_000_000 + (hour * 3_600_000_000L));
            batch.AddJson(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"transaction_id":{{firstId}},"event_time":"{{at}}","customer_id":{{777_000 + (firstId % 5)}},"terminal_id":1,"amount":{{(firstId * 37 % 1000) / 8.0}}}""")));
            firstId++;
        }

        var outcome = await Log.IngestAsync(batch, new IngestTerms(LogFixture.Tester), default);
        Assert.Equal(batch.Received, outcome.Report!.Accepted);
    }

    public async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    private void Open(ContractPlan plan)
    {
        journal = Journal.Open(Path.Combine(Root, "events"), new JournalOptions(), TimeProvider.System);
        var contracts = new ContractSet([plan]);
        Log = new EventLog(journal, contracts);
        Profiles = SourceProfiles.Open(Folder, contracts, journal.Durable, mostOpen);
        Log.Subscribe(Profiles.Apply);
        Log.Replay();
    }
}
