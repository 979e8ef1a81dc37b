using System.Text.Json;
using Flyball.Engine.Identity;

namespace Flyball.Registry;

/// <summary>A row of <c>versions</c>. Settable members, because databases differ in the width of their integers.</summary>
internal sealed class VersionRow
{
    public const string Columns =
        "v.model AS Model, v.version AS Version, v.form AS Form, v.digest AS Digest, v.blob AS Blob, v.manifest AS Manifest, v.run_id AS RunId, v.author AS Author, "
        + "v.registered_by AS RegisteredBy, v.risk AS Risk, v.state AS State, v.stage AS Stage, v.description AS Description, v.source AS Source, "
        + "v.logged_model AS LoggedModel, v.run_link AS RunLink, v.created_at AS CreatedAt, v.created_micros AS CreatedMicros, v.updated_micros AS UpdatedMicros, "
        + "v.keep_until_micros AS KeepUntilMicros, v.gates AS Gates, v.defined_by AS DefinedBy";

    public const string Insert =
        "INSERT INTO versions (model, version, form, digest, blob, manifest, run_id, author, registered_by, risk, state, stage, description, source, logged_model, "
        + "run_link, created_at, created_micros, updated_micros, keep_until_micros, gates, defined_by) "
        + "VALUES (@Model, @Version, @Form, @Digest, @Blob, @Manifest, @RunId, @Author, @RegisteredBy, @Risk, @State, @Stage, @Description, @Source, @LoggedModel, "
        + "@RunLink, @CreatedAt, @CreatedMicros, @UpdatedMicros, @KeepUntilMicros, @Gates, @DefinedBy)";

    public string Model { get; set; } = "";

    public int Version { get; set; }

    public string Form { get; set; } = "";

    public string Digest { get; set; } = "";

    public string Blob { get; set; } = "";

    public string? Manifest { get; set; }

    public string RunId { get; set; } = "";

    public string Author { get; set; } = "";

    public string RegisteredBy { get; set; } = "";

    public string Risk { get; set; } = "";

    public string State { get; set; } = "";

    public string Stage { get; set; } = "";

    public string? Description { get; set; }

    public string? Source { get; set; }

    public string? LoggedModel { get; set; }

    public string? RunLink { get; set; }

    public string CreatedAt { get; set; } = "";

    public long CreatedMicros { get; set; }

    public long UpdatedMicros { get; set; }

    public long? KeepUntilMicros { get; set; }

    public string Gates { get; set; } = "[]";

    public string? DefinedBy { get; set; }

    public static VersionRow Of(ModelVersion version) => new()
    {
        Model = version.Model,
        Version = version.Version,
        Form = version.Form,
        Digest = version.Digest.Hex,
        Blob = version.Blob.Hex,
        Manifest = version.Manifest?.Hex,
        RunId = version.RunId,
        Author = version.Author,
        RegisteredBy = version.RegisteredBy,
        Risk = version.Risk,
        State = version.State,
        Stage = version.Stage,
        Description = version.Description,
        Source = version.Source,
        LoggedModel = version.LoggedModel,
        RunLink = version.RunLink,
        CreatedAt = version.CreatedAt,
        CreatedMicros = version.CreatedMicros,
        UpdatedMicros = version.UpdatedMicros,
        KeepUntilMicros = version.KeepUntilMicros,
        Gates = JsonSerializer.Serialize(version.Gates, RegistryJson.Options),
        DefinedBy = version.DefinedBy,
    };

    public ModelVersion ToVersion() => new(
        Model,
        Version,
        Parse(Digest),
        Parse(Blob),
        RunId,
        Author,
        RegisteredBy,
        Risk,
        State,
        CreatedAt,
        JsonSerializer.Deserialize<IReadOnlyList<GateResult>>(Gates, RegistryJson.Options) ?? [])
    {
        Form = Form,
        Manifest = Manifest is null ? null : Parse(Manifest),
        Stage = Stage,
        Description = Description,
        Source = Source,
        LoggedModel = LoggedModel,
        RunLink = RunLink,
        CreatedMicros = CreatedMicros,
        UpdatedMicros = UpdatedMicros,
        KeepUntilMicros = KeepUntilMicros,
        DefinedBy = DefinedBy,
    };

    private static Digest Parse(string hex) => Engine.Identity.Digest.TryParse(hex, out var digest)
        ? digest
        : throw new InvalidDataException("A version in the catalog has something else in place of a digest.");
}
