namespace Flyball.Contracts.Quality;

/// <summary>Contiguous pieces of a history on which thresholds are calibrated. They overlap by at most a half.</summary>
internal sealed class Pieces
{
    /// <summary>Fewer pieces of a size say too little about how far it strays.</summary>
    private const int Fewest = 8;

    private const int Least = 100;
    private const int MostOfASize = 1_000;
    private const int Budget = 200_000;

    private readonly int rows;

    private Pieces(int rows, List<int> sizes)
    {
        this.rows = rows;
        Sizes = sizes;
    }

    /// <summary>Half a power of ten apart, from 100 rows up.</summary>
    public IReadOnlyList<int> Sizes { get; }

    public static Pieces Of(int rows)
    {
        var sizes = new List<int>();
        for (double size = Least; StartsOf(rows, (int)size).Count >= Fewest; size *= Math.Sqrt(10))
        {
            sizes.Add((int)size);
        }

        return new Pieces(rows, sizes);
    }

    public List<int> StartsOf(int size) => StartsOf(rows, size);

    private static List<int> StartsOf(int rows, int size)
    {
        var starts = new List<int>();
        var most = Math.Clamp(Budget / size, 100, MostOfASize);
        var step = Math.Max(Math.Max(1, size / 2), ((rows - size) / most) + 1);
        for (var start = 0; start + size <= rows; start += step)
        {
            starts.Add(start);
        }

        return starts;
    }
}
