namespace Flyball.Serving.Deferred;

/// <summary>
/// When requests that nothing could answer are tried again: soon at first, then after twice the time, up to <see cref="Longest"/>. In memory only: a start
/// tries all of them at once. Not thread-safe.
/// </summary>
internal sealed class RetryTimes(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<string, (TimeSpan Wait, long Since)> failures = new(StringComparer.Ordinal);

    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(10);

    public bool WasTried(string id) => failures.ContainsKey(id);

    /// <summary>Whether its wait is over.</summary>
    public bool IsDue(string id) => !failures.TryGetValue(id, out var failure) || time.GetElapsedTime(failure.Since) >= failure.Wait;

    public void NoteFailure(string id)
    {
        var wait = failures.TryGetValue(id, out var before) ? 2 * before.Wait : First;
        failures[id] = (wait < Longest ? wait : Longest, time.GetTimestamp());
    }

    /// <summary>Forgets those that do not wait any more.</summary>
    public void KeepOnly(HashSet<string> waiting)
    {
        foreach (var gone in failures.Keys.Where(id => !waiting.Contains(id)).ToList())
        {
            failures.Remove(gone);
        }
    }
}
