using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Features.History;

namespace Flyball.Serving.Batches;

/// <summary>The columns of a result: what is carried along, and what the model says.</summary>
internal sealed class ScoreColumns
{
    private const string Row = "row";

    private readonly ServedVersion version;
    private readonly IReadOnlyList<string> classes;
    private readonly bool decides;

    private ScoreColumns(ServedVersion version, int[] kept, bool tellsDefaults)
    {
        (this.version, Kept, HasRow, TellsDefaults) = (version, kept, version.Vector.Request.PrimaryKey.Count == 0, tellsDefaults);
        classes = version.Scorer.Manifest.Classes ?? [];
        decides = version.Rules.Decisions.Any();
        Types = [.. kept.Select(k => version.Vector.Request.Schema.Fields[k].Type)];
        Varying = [.. Named()];
        Fields = [.. Varying, (Constants.Version, "INTEGER"), (Constants.Digest, "VARCHAR")];
    }

    /// <summary>Positions in the contract of what is carried along.</summary>
    public IReadOnlyList<int> Kept { get; }

    /// <summary>Their types.</summary>
    public ScalarType[] Types { get; }

    /// <summary>Whether the place of a row in the file stands first: where the contract has no key, nothing else tells which row it is.</summary>
    public bool HasRow { get; }

    /// <summary>Name and SQL type of each column, in order.</summary>
    public IReadOnlyList<(string Name, string Sql)> Fields { get; }

    /// <summary>Those of them that are not the same in every row: all but the last two.</summary>
    public IReadOnlyList<(string Name, string Sql)> Varying { get; }

    /// <summary>The names of the last two.</summary>
    public static (string Version, string Digest) Constants => ("model_version", "digest");

    /// <summary>Whether a column names the fields of a request that took their declared values: where the model declares any.</summary>
    public bool TellsDefaults { get; }

    public IReadOnlyList<string> Classes => classes;

    public bool Decides => decides;

    /// <exception cref="Engine.Problems.FlyballException">FLY5021: there is no such column, or two would have one name.</exception>
    public static ScoreColumns Of(ServedVersion version, IReadOnlyList<string> asked, RequestPolicy requests)
    {
        var contract = version.Vector.Request;
        int[] kept = asked switch
        {
            [] => [.. contract.PrimaryKey],
            [BatchTerms.All] => [.. Enumerable.Range(0, contract.Schema.Fields.Count).Where(i => i != version.UnknownColumn)],
            _ => [.. asked.Select(name => contract.ColumnOf(name) is >= 0 and var at && at != version.UnknownColumn ? at : throw BatchProblems.UnknownColumn(name, contract.Source))],
        };
        var columns = new ScoreColumns(version, kept, requests.Stands.Count > 0);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, _) in columns.Fields)
        {
            if (!names.Add(name))
            {
                throw BatchProblems.TwoColumns(name);
            }
        }

        return columns;
    }

    private IEnumerable<(string Name, string Sql)> Named()
    {
        if (HasRow)
        {
            yield return (Row, "BIGINT");
        }

        for (var i = 0; i < Kept.Count; i++)
        {
            yield return (version.Vector.Request.Schema.Fields[Kept[i]].Name, SpineTable.SqlTypeOf(Types[i]));
        }

        yield return ("score", "DOUBLE");
        if (classes.Count > 0)
        {
            yield return ("prediction", "VARCHAR");
        }

        foreach (var name in classes)
        {
            yield return ($"probability_{name}", "FLOAT");
        }

        if (decides)
        {
            yield return ("decision", "VARCHAR");
        }

        if (TellsDefaults)
        {
            yield return ("defaulted", "VARCHAR");
        }
    }
}
