using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>
/// The standard's <c>servers</c>: where the data of a contract lives elsewhere. Flyball keeps them and connects to none of them; it
/// checks that each names its type and what the type needs.
/// </summary>
internal static class OdcsServers
{
    /// <summary>The names of each type of server; those with a mark must be there.</summary>
    private static readonly Dictionary<string, string> NamesOfType = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["api"] = "location!",
        ["athena"] = "stagingDir! schema! catalog regionName",
        ["azure"] = "location! format! delimiter",
        ["bigquery"] = "project! dataset!",
        ["clickhouse"] = "host! port! database!",
        ["databricks"] = "host catalog! schema!",
        ["denodo"] = "host! port! database",
        ["dremio"] = "host! port! schema",
        ["duckdb"] = "database! schema",
        ["glue"] = "account! database! location format",
        ["cloudsql"] = "host! port! database! schema!",
        ["db2"] = "host! port! database! schema",
        ["hive"] = "host! port database!",
        ["impala"] = "host! port database!",
        ["informix"] = "host! port database!",
        ["kafka"] = "host! format",
        ["kinesis"] = "region format",
        ["local"] = "path! format!",
        ["mysql"] = "host! port! database!",
        ["oracle"] = "host! port! serviceName!",
        ["postgresql"] = "host! port! database! schema!",
        ["postgres"] = "host! port! database! schema!",
        ["presto"] = "host! catalog schema",
        ["pubsub"] = "project!",
        ["redshift"] = "host database! schema! region account",
        ["s3"] = "location! endpointUrl format delimiter",
        ["sftp"] = "location! format delimiter",
        ["snowflake"] = "host port account! database! schema! warehouse",
        ["sqlserver"] = "host! port database! schema!",
        ["synapse"] = "host! port! database!",
        ["trino"] = "host! port! catalog! schema!",
        ["vertica"] = "host! port! database! schema!",
        ["zen"] = "host! port database!",
        ["custom"] = "account catalog database dataset delimiter endpointUrl format host location path port project region regionName schema serviceName stagingDir warehouse",
    };

    private static readonly OdcsShape Server = new(
        [],
        ("id", OdcsShape.Text), ("server", OdcsShape.Text), ("type", OdcsShape.Text), ("description", OdcsShape.Text), ("environment", OdcsShape.Text),
        ("roles", OdcsShapes.CheckRoles), ("customProperties", OdcsShapes.CustomProperties));

    public static void Check(YamlSection owner, string name)
    {
        foreach (var server in owner.Sections(name))
        {
            server.Require("server", "type");
            Server.Read(server);
            if (server.Text("type") is not { } type)
            {
                server.Finish();
            }
            else if (NamesOfType.TryGetValue(type, out var names))
            {
                CheckNames(server, names);
                server.Finish();
            }
            else
            {
                // What else the server needs is not known without its type, so no name of it can be called wrong.
                OdcsShape.RefuseChoice(server, "type", type, [.. NamesOfType.Keys.Order(StringComparer.Ordinal)]);
            }
        }
    }

    private static void CheckNames(YamlSection server, string names)
    {
        foreach (var word in names.Split(' '))
        {
            var name = word.TrimEnd('!');
            if (word.Length > name.Length)
            {
                server.Require(name);
            }

            if (string.Equals(name, "port", StringComparison.Ordinal))
            {
                OdcsShape.Port(server, name);
            }
            else
            {
                server.Text(name);
            }
        }
    }
}
