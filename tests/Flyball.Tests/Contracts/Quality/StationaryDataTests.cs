using System.Collections.Concurrent;

namespace Flyball.Tests.Contracts.Quality;

public class StationaryDataTests
{
    private static readonly SharedSources Shared = new(SharedFiles.Find);

    /// <summary>Read once for all sizes: nothing changes them.</summary>
    private static readonly ConcurrentDictionary<string, SampleSource> Sources = new(StringComparer.Ordinal);

    private static readonly bool Long = Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1";

    public static TheoryData<int> Sizes => Long ? [100, 1_000, 10_000, 100_000] : [100, 1_000, 10_000];

    private static int BatchesOf(int size) => Long ? (size == 100_000 ? 50 : 400) : size == 10_000 ? 20 : 100;

    [Theory]
    [MemberData(nameof(Sizes))]
    public void At_most_one_percent_of_batches_of_random_rows_raise_a_finding(int size) =>
        Require([.. SharedSources.Names.Select(n => FalseFindings.OfRandomRows(Source(n), size, BatchesOf(size), seed: size))]);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void At_most_one_percent_of_windows_of_a_history_raise_a_finding(int size) =>
        Require([.. SharedSources.Names.Select(n => FalseFindings.OfWindows(Source(n), size, BatchesOf(size), seed: size)).OfType<FalseFindings.Rate>()]);

    private static SampleSource Source(string name) => Sources.GetOrAdd(name, n => Shared.Read(n));

    private static void Require(IReadOnlyList<FalseFindings.Rate> rates)
    {
        foreach (var rate in rates)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{rate.Source} {rate.Way} {rate.Size}: {rate.Found}/{rate.Batches} {string.Join(' ', rate.Rules)}");
        }

        Assert.NotEmpty(rates);
        Assert.True(rates.Sum(r => r.Found) <= 0.01 * rates.Sum(r => r.Batches), string.Join('\n', rates.Where(r => r.Found > 0)));
    }
}
