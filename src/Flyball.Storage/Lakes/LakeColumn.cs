namespace Flyball.Storage.Lakes;

/// <summary>A column that a source adds to its table.</summary>
/// <param name="Name">As the source calls it; names of one table differ in more than case.</param>
/// <param name="Type">Never changes for a name of a table.</param>
public sealed record LakeColumn(string Name, LakeType Type)
{
    /// <summary>The columns every table begins with.</summary>
    internal static readonly string[] Leading = ["seq", "event_time", "known_at"];

    /// <summary>The name in the Parquet file: a source's own <c>event_time</c> stands beside ours as <c>event_time_source</c>.</summary>
    internal string StoredName => Leading.Contains(Name, StringComparer.OrdinalIgnoreCase) ? Name + "_source" : Name;

    internal string SqlType => Type switch
    {
        LakeType.Boolean => "BOOLEAN",
        LakeType.Integer => "BIGINT",
        LakeType.Number => "DOUBLE",
        LakeType.Text => "VARCHAR",
        _ => "TIMESTAMP",
    };
}
