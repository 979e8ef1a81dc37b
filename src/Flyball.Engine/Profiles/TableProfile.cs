using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;

namespace Flyball.Engine.Profiles;

/// <summary>
/// The profiles of a table's columns, fed row by row or merged from parts; see <see cref="ColumnProfile"/> for what merging keeps.
/// Rows are added without an allocation once the sketches have their size. Not thread-safe: parallel work profiles parts and merges them.
/// </summary>
public sealed class TableProfile
{
    private const string Form = "flyball-profile 1";

    private readonly ColumnProfile[] columns;

    /// <exception cref="ArgumentException">Two columns share a name.</exception>
    public TableProfile(IEnumerable<ProfiledColumn> columns)
        : this([.. columns.Select(c => new ColumnProfile(c))])
    {
    }

    private TableProfile(ColumnProfile[] columns)
    {
        this.columns = columns;
        Columns = [.. columns];
        if (columns.Select(c => c.Column.Name).Distinct(StringComparer.Ordinal).Count() != columns.Length)
        {
            throw new ArgumentException("Two columns share a name.", nameof(columns));
        }
    }

    /// <summary>In the order of the row.</summary>
    public ImmutableArray<ColumnProfile> Columns { get; }

    /// <summary>Rows seen.</summary>
    public long Rows { get; private set; }

    /// <summary>Names the state: two profiles with the same digest go on alike.</summary>
    public Digest Digest => Digest.Of(Write());

    /// <summary>The column of a name; null when there is none.</summary>
    public ColumnProfile? Find(string name) => Array.Find(columns, c => string.Equals(c.Column.Name, name, StringComparison.Ordinal));

    /// <summary>Adds one row. Cost: about 75 ns a column of many values, less for few.</summary>
    /// <param name="row">As long as there are columns, each value null or of its column's type.</param>
    public void Add(ReadOnlySpan<Value> row)
    {
        RequireWidth(row);
        for (var i = 0; i < row.Length; i++)
        {
            columns[i].Add(row[i]);
        }

        Rows++;
    }

    /// <summary>
    /// Adds rows, with the same result as one by one, column by column: the sketches of one column stay in the first-level cache.
    /// </summary>
    /// <param name="rows">Each as in <see cref="Add(ReadOnlySpan{Value})"/>.</param>
    public void Add(ReadOnlySpan<Value[]> rows)
    {
        foreach (var row in rows)
        {
            RequireWidth(row);
        }

        for (var i = 0; i < columns.Length; i++)
        {
            var column = columns[i];
            foreach (var row in rows)
            {
                column.Add(row[i]);
            }
        }

        Rows += rows.Length;
    }

    /// <summary>Adds rows column by column, on several threads: with the same result as one by one, with any number of threads.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="at">The value of a row, counted from 0, in a column: null or of its column's type. Called from several threads.</param>
    /// <param name="threads">1 or more.</param>
    public void Add(int rows, Func<int, int, Value> at, int threads)
    {
        Parallel.For(0, columns.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, c =>
        {
            var column = columns[c];
            for (var row = 0; row < rows; row++)
            {
                column.Add(at(row, c));
            }
        });
        Rows += rows;
    }

    /// <summary>Whether another profile is of the same columns and so can be merged.</summary>
    public bool Fits(IEnumerable<ProfiledColumn> others) => columns.Select(c => c.Column).SequenceEqual(others);

    /// <summary>Adds what another profile of the same columns has seen; it stays as it is.</summary>
    /// <exception cref="ArgumentException">The columns differ.</exception>
    public void Merge(TableProfile other)
    {
        if (!Fits(other.columns.Select(c => c.Column)))
        {
            throw new ArgumentException("The profiles are of different columns.", nameof(other));
        }

        for (var i = 0; i < columns.Length; i++)
        {
            columns[i].Merge(other.columns[i]);
        }

        Rows += other.Rows;
    }

    /// <summary>The state as canonical JSON; the same state gives the same bytes.</summary>
    public byte[] Write() => CanonicalJson.Write(ToJson());

    public JsonObject ToJson() => new()
    {
        ["form"] = Form,
        ["rows"] = Rows,
        ["columns"] = new JsonArray([.. columns.Select(c => c.ToJson())]),
    };

    /// <summary>Reads what <see cref="Write"/> wrote; the result goes on exactly as the profile that was written.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a profile.</exception>
    public static TableProfile Read(ReadOnlySpan<byte> json) => Read(ProfileJson.Parse(json));

    /// <inheritdoc cref="Read(ReadOnlySpan{byte})"/>
    public static TableProfile Read(JsonObject json)
    {
        if (ProfileJson.Text(json, "form") != Form)
        {
            throw ProfileJson.Damaged("form");
        }

        try
        {
            var stored = ProfileJson.Items(json, "columns").Select(c => ColumnProfile.Read(c as JsonObject ?? throw ProfileJson.Damaged("columns")));
            var table = new TableProfile([.. stored]) { Rows = ProfileJson.Count(json, "rows") };
            return table.columns.All(c => c.Rows == table.Rows) ? table : throw ProfileJson.Damaged("rows");
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw ProfileJson.Damaged("columns");
        }
    }

    private void RequireWidth(ReadOnlySpan<Value> row)
    {
        if (row.Length != columns.Length)
        {
            throw new ArgumentException($"The row has {row.Length} values and the profile {columns.Length} columns.", nameof(row));
        }
    }
}
