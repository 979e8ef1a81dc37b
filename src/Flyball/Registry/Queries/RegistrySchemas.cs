using Flyball.Training.Tracking.Search;

namespace Flyball.Registry.Queries;

/// <summary>What may be searched in models and in versions.</summary>
internal static class RegistrySchemas
{
    public static SearchSchema Models { get; } = new(
        [
            .. SearchSchema.Named(new SearchAttribute("name", "m.model")),
            .. SearchSchema.Named(new SearchAttribute("last_updated_timestamp", "m.updated_micros", IsNumber: true, IsFilter: false), "timestamp"),
            .. SearchSchema.Named(new SearchAttribute("creation_timestamp", "m.created_micros", IsNumber: true, IsFilter: false)),
        ],
        false, SearchKind.Tag);

    public static SearchSchema Versions { get; } = new(
        [
            .. SearchSchema.Named(new SearchAttribute("name", "v.model", AllowsIn: true)),
            .. SearchSchema.Named(new SearchAttribute("run_id", "v.run_id", AllowsIn: true)),
            .. SearchSchema.Named(new SearchAttribute("source_path", "COALESCE(v.source, '')")),
            .. SearchSchema.Named(new SearchAttribute("version_number", "v.version", IsNumber: true, MayQuote: true), "version"),
            .. SearchSchema.Named(new SearchAttribute("creation_timestamp", "v.created_micros", IsNumber: true, IsFilter: false)),
            .. SearchSchema.Named(new SearchAttribute("last_updated_timestamp", "v.updated_micros", IsNumber: true, IsFilter: false), "timestamp"),
        ],
        false, SearchKind.Tag);
}
