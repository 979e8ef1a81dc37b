using System.Collections.Frozen;
using Dapper;
using Flyball.Access;
using Flyball.Engine.Problems;

namespace Flyball.Registry;

/// <summary>
/// Versions whose users are to move on. What is deprecated is kept in memory, so that telling it costs an answer nothing; a change replaces it. Thread-safe.
/// </summary>
public sealed class VersionDeprecations
{
    private const int LongestNote = 500;

    private readonly RegistryChanges changes;
    private readonly VersionLabels labels;
    private volatile FrozenDictionary<(string Model, int Version), Deprecation>? known;
    private volatile int writes;

    internal VersionDeprecations(RegistryChanges changes, VersionLabels labels) => (this.changes, this.labels) = (changes, labels);

    /// <summary>What a version's users were told; null for nothing. Cost: a look-up; the first one reads the catalog.</summary>
    public Deprecation? Find(string model, int version) => (known ?? Reread()).GetValueOrDefault((model, version));

    /// <summary>Tells a version's users to move on, or replaces what they were told.</summary>
    /// <param name="sunset">When it may stop to answer, as people write it; null for no date.</param>
    /// <returns>The version, or FLY3972: the date cannot be read or is past, or the note is too long.</returns>
    public async Task<RegistryOutcome<VersionRecord>> DeprecateAsync(
        string model, int version, string? sunset, string? note, Caller caller, CancellationToken cancellation)
    {
        var now = changes.Now.ToDateTimeOffset();
        DateTimeOffset? ends = null;
        if (sunset is not null)
        {
            if (!Deprecation.TryParseSunset(sunset, out var end) || end <= now)
            {
                return new RegistryOutcome<VersionRecord>(null, [new Problem("FLY3972", "'sunset' is no date, or a past one.", new ProblemLocation(Field: "sunset"), "Write a day to come, such as 2027-01-31, or an instant in UTC.")]);
            }

            ends = end;
        }

        if (note?.Length > LongestNote || note?.Any(char.IsControl) == true)
        {
            return new RegistryOutcome<VersionRecord>(null, [new Problem("FLY3972", FormattableString.Invariant($"'note' is longer than {LongestNote} characters, or has several lines."), new ProblemLocation(Field: "note"), "Write a sentence.")]);
        }

        return await SetAsync(model, version, "version.deprecate", new Deprecation(now, ends, note), caller, note, cancellation);
    }

    /// <summary>Takes it back.</summary>
    public Task<RegistryOutcome<VersionRecord>> RestoreAsync(string model, int version, Caller caller, string? reason, CancellationToken cancellation) =>
        SetAsync(model, version, "version.undeprecate", null, caller, reason, cancellation);

    private async Task<RegistryOutcome<VersionRecord>> SetAsync(
        string model, int version, string action, Deprecation? told, Caller caller, string? reason, CancellationToken cancellation)
    {
        var outcome = await labels.OwnTagsAsync(
            (model, version, action),
            [
                (Deprecation.SinceTag, told is null ? null : Deprecation.TextOf(told.Since)),
                (Deprecation.SunsetTag, told?.Sunset is { } sunset ? Deprecation.TextOf(sunset) : null),
                (Deprecation.NoteTag, told?.Note),
            ],
            caller,
            reason,
            cancellation);
        Interlocked.Increment(ref writes);
        known = null;
        return outcome;
    }

    /// <summary>What was read while it changed is used once and not kept.</summary>
    private FrozenDictionary<(string Model, int Version), Deprecation> Reread()
    {
        var before = writes;
        var read = Read();
        if (before == writes)
        {
            known = read;
        }

        return read;
    }

    private FrozenDictionary<(string Model, int Version), Deprecation> Read() => changes.Catalog.Read(c => c
        .Query<Told>("SELECT model AS Model, version AS Version FROM version_tags WHERE key = @key", new { key = Deprecation.SinceTag })
        .Select(v => (v.Model, v.Version))
        .Select(v => KeyValuePair.Create(v, Deprecation.Of(TagStore.Of(c, null, v.Model, v.Version))))
        .Where(v => v.Value is not null)
        .ToFrozenDictionary(v => v.Key, v => v.Value!));

    /// <summary>A row. Settable members, because databases differ in the width of their integers.</summary>
    private sealed class Told
    {
        public string Model { get; set; } = "";

        public int Version { get; set; }
    }
}
