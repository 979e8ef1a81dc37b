using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts;

/// <summary>
/// The sets of columns by which rows of a source are looked up: its primary key, its unique columns, and sets that relationships refer to.
/// One <see cref="KeyIndex"/> holds them all, because the hash of every set but the primary key begins with a tag of its own. Immutable.
/// </summary>
internal sealed class KeyColumns
{
    private readonly ContractPlan plan;
    private readonly int[][] more;

    /// <param name="plan">The source.</param>
    /// <param name="referenced">Column sets that relationships refer to, positions ascending.</param>
    public KeyColumns(ContractPlan plan, IEnumerable<int[]> referenced)
    {
        this.plan = plan;
        Unique = plan.Unique.Count;
        var sets = plan.Unique.Select(column => new[] { column }).ToList();
        foreach (var set in referenced)
        {
            if (!IsPrimary(set) && !sets.Exists(s => s.AsSpan().SequenceEqual(set)))
            {
                sets.Add(set);
            }
        }

        more = [.. sets];
        TakenProblems = [.. plan.Unique.Select(column => new Problem(
            "FLY3124",
            $"A row with this '{plan.Schema.Fields[column].Name}' is stored already, and the contract says that it is unique.",
            new ProblemLocation(Field: plan.Schema.Fields[column].Name),
            "Send a value that no other row has, or take unique out of the contract."))];
    }

    public bool HasPrimary => plan.PrimaryKey.Count > 0;

    /// <summary>Whether rows are told apart by anything.</summary>
    public bool Judges => HasPrimary || Unique > 0;

    /// <summary>How many sets beside the primary key are unique: the first ones.</summary>
    public int Unique { get; }

    /// <summary>How many sets there are beside the primary key.</summary>
    public int Width => more.Length;

    /// <summary>For a row whose value of a unique column another row has; made once, it names no value.</summary>
    public IReadOnlyList<Problem> TakenProblems { get; }

    /// <summary>Adds a hash a set, in their order; 0 stands for a set of which a column is null: it is not compared.</summary>
    public void AddTo(List<UInt128> keys, ReadOnlySpan<Value> row, SipHash hash)
    {
        for (var i = 0; i < more.Length; i++)
        {
            keys.Add(Hash(i, more[i], row, hash));
        }
    }

    /// <summary>The tag of a set of columns, for <see cref="HashOf"/>: -1 for the primary key.</summary>
    /// <exception cref="ArgumentException">No index has the set.</exception>
    public int PlaceOf(int[] set)
    {
        if (IsPrimary(set))
        {
            return -1;
        }

        var place = Array.FindIndex(more, s => s.AsSpan().SequenceEqual(set));
        return place >= 0 ? place : throw new ArgumentException("The set of columns is not looked up.", nameof(set));
    }

    /// <summary>The order in which the columns of a set are hashed.</summary>
    public IReadOnlyList<int> OrderOf(int place) => place < 0 ? plan.PrimaryKey : more[place];

    /// <summary>The hash of a row, of this source or of one that refers to it.</summary>
    /// <param name="place">From <see cref="PlaceOf"/>.</param>
    /// <param name="columns">The row's columns in the order of <see cref="OrderOf"/>.</param>
    /// <param name="row">Holds the values.</param>
    /// <param name="hash">The log's.</param>
    /// <returns>0 when a column is null.</returns>
    public static UInt128 HashOf(int place, IReadOnlyList<int> columns, ReadOnlySpan<Value> row, SipHash hash) => Hash(place, columns, row, hash);

    private static UInt128 Hash(int place, IReadOnlyList<int> columns, ReadOnlySpan<Value> row, SipHash hash)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (row[columns[i]].IsNull)
            {
                return UInt128.Zero;
            }
        }

        return place < 0 ? RowKey.Hash(columns, row, hash) : RowKey.Hash(columns, row, hash, place);
    }

    private bool IsPrimary(int[] set) => set.Length == plan.PrimaryKey.Count && plan.PrimaryKey.All(set.Contains);
}
