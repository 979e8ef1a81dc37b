using System.Collections.Frozen;
using Dapper;
using Flyball.Access;
using Flyball.Engine.Problems;

namespace Flyball.Registry;

/// <summary>
/// Models and versions whose users are to move on. What is deprecated is kept in memory, so that telling it costs an answer nothing; a change replaces it. Thread-safe.
/// </summary>
public sealed class VersionDeprecations
{
    private const int LongestNote = 500;

    private readonly RegistryChanges changes;
    private readonly VersionLabels labels;
    private readonly RegisteredModels names;
    private readonly Lock reading = new();
    private volatile ToldUsers? known;

    internal VersionDeprecations(RegistryChanges changes, VersionLabels labels, RegisteredModels names) => (this.changes, this.labels, this.names) = (changes, labels, names);

    /// <summary>What a version's users were told of it; null for nothing. Cost: a look-up; the first one reads the catalog, unless <see cref="Load"/> did.</summary>
    public Deprecation? Find(string model, int version) => (known ?? Reread()).Versions.GetValueOrDefault((model, version));

    /// <summary>What a model's users were told of all of it; null for nothing. Cost: as <see cref="Find(string, int)"/>.</summary>
    public Deprecation? Find(string model) => (known ?? Reread()).Models.GetValueOrDefault(model);

    /// <summary>What an answer tells: of the version when it was asked for by its number and is deprecated, else of the model. Cost: as <see cref="Find(string, int)"/>.</summary>
    /// <param name="version">Null when no version was asked for.</param>
    public Deprecation? ToldOf(string model, int? version) => (version is { } number ? Find(model, number) : null) ?? Find(model);

    /// <summary>Reads the catalog, so that no answer has to.</summary>
    public void Load() => Reread();

    /// <summary>Tells a version's users to move on, or replaces what they were told.</summary>
    /// <param name="sunset">When it may stop to answer, as people write it; null for no date.</param>
    /// <returns>The version, or FLY3972: the date cannot be read or is past, or the note is too long.</returns>
    public async Task<RegistryOutcome<VersionRecord>> DeprecateAsync(
        string model, int version, string? sunset, string? note, Caller caller, CancellationToken cancellation)
    {
        var (told, problem) = Judge(sunset, note);
        return problem is null
            ? await SetAsync(model, version, "version.deprecate", told, caller, note, cancellation)
            : new RegistryOutcome<VersionRecord>(null, [problem]);
    }

    /// <summary>Tells the users of all of a model to move on, or replaces what they were told.</summary>
    /// <param name="sunset">When it may stop to answer, as people write it; null for no date.</param>
    /// <returns>The model, or FLY3972: the date cannot be read or is past, or the note is too long.</returns>
    public async Task<RegistryOutcome<RegisteredModel>> DeprecateAsync(string model, string? sunset, string? note, Caller caller, CancellationToken cancellation)
    {
        var (told, problem) = Judge(sunset, note);
        return problem is null
            ? await SetAsync(model, "model.deprecate", told, caller, note, cancellation)
            : new RegistryOutcome<RegisteredModel>(null, [problem]);
    }

    /// <summary>Takes back what was told of all of a model.</summary>
    public Task<RegistryOutcome<RegisteredModel>> RestoreAsync(string model, Caller caller, string? reason, CancellationToken cancellation) =>
        SetAsync(model, "model.undeprecate", null, caller, reason, cancellation);

    /// <summary>Takes it back.</summary>
    public Task<RegistryOutcome<VersionRecord>> RestoreAsync(string model, int version, Caller caller, string? reason, CancellationToken cancellation) =>
        SetAsync(model, version, "version.undeprecate", null, caller, reason, cancellation);

    private async Task<RegistryOutcome<VersionRecord>> SetAsync(
        string model, int version, string action, Deprecation? told, Caller caller, string? reason, CancellationToken cancellation)
    {
        var outcome = await labels.OwnTagsAsync((model, version, action), Tags(told), caller, reason, cancellation);
        Reread();
        return outcome;
    }

    private async Task<RegistryOutcome<RegisteredModel>> SetAsync(string model, string action, Deprecation? told, Caller caller, string? reason, CancellationToken cancellation)
    {
        var outcome = await names.OwnTagsAsync((model, action), Tags(told), caller, reason, cancellation);
        Reread();
        return outcome;
    }

    private (Deprecation Told, Problem? Problem) Judge(string? sunset, string? note)
    {
        var told = new Deprecation(changes.Now.ToDateTimeOffset(), null, note);
        if (sunset is not null)
        {
            if (!Deprecation.TryParseSunset(sunset, out var end) || end <= told.Since)
            {
                return (told, new Problem("FLY3972", "'sunset' is no date, or a past one.", new ProblemLocation(Field: "sunset"), "Write a day to come, such as 2027-01-31, or an instant in UTC."));
            }

            told = told with { Sunset = end };
        }

        return (told, note?.Length > LongestNote || note?.Any(char.IsControl) == true
            ? new Problem("FLY3972", FormattableString.Invariant($"'note' is longer than {LongestNote} characters, or has several lines."), new ProblemLocation(Field: "note"), "Write a sentence.")
            : null);
    }

    private static IReadOnlyList<(string Key, string? Value)> Tags(Deprecation? told) =>
    [
        (Deprecation.SinceTag, told is null ? null : Deprecation.TextOf(told.Since)),
        (Deprecation.SunsetTag, told?.Sunset is { } sunset ? Deprecation.TextOf(sunset) : null),
        (Deprecation.NoteTag, told?.Note),
    ];

    /// <summary>Whoever reads last has seen every change that was made before.</summary>
    private ToldUsers Reread()
    {
        lock (reading)
        {
            return known = changes.Catalog.Read(c => new ToldUsers(
                c.Query<string>("SELECT model FROM model_tags WHERE key = @key", new { key = Deprecation.SinceTag })
                    .Select(m => KeyValuePair.Create(m, Deprecation.Of(TagStore.Of(c, null, m))))
                    .Where(m => m.Value is not null)
                    .ToFrozenDictionary(m => m.Key, m => m.Value!, StringComparer.Ordinal),
                c.Query<Told>("SELECT model AS Model, version AS Version FROM version_tags WHERE key = @key", new { key = Deprecation.SinceTag })
                    .Select(v => (v.Model, v.Version))
                    .Select(v => KeyValuePair.Create(v, Deprecation.Of(TagStore.Of(c, null, v.Model, v.Version))))
                    .Where(v => v.Value is not null)
                    .ToFrozenDictionary(v => v.Key, v => v.Value!)));
        }
    }

    /// <summary>What users were told, of whole models and of versions.</summary>
    private sealed record ToldUsers(FrozenDictionary<string, Deprecation> Models, FrozenDictionary<(string Model, int Version), Deprecation> Versions);

    /// <summary>A row. Settable members, because databases differ in the width of their integers.</summary>
    private sealed class Told
    {
        public string Model { get; set; } = "";

        public int Version { get; set; }
    }
}
