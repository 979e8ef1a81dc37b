using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Features;
using Flyball.Features.History;
using Flyball.Native.DuckDb;

namespace Flyball.Serving.Batches;

/// <summary>Walks the values that were found for a file's good requests, in the file's order. Memory does not grow with them. Not thread-safe.</summary>
internal sealed class FoundValues : IDisposable
{
    private const long MemoryLimit = 256L << 20;

    private readonly string path;
    private readonly DuckDbDatabase database;
    private readonly DuckDbConnection connection;
    private readonly DuckDbStatement statement;
    private readonly DuckDbResult rows;
    private readonly (int Column, ScalarType Type)[] places;
    private DuckDbChunk? chunk;
    private int at;

    private FoundValues(FeatureVectorPlan vector, string path, long behind)
    {
        this.path = path;
        database = DuckDbDatabase.OpenInMemory(new() { OnlyDirectories = [Path.GetDirectoryName(path)!], MemoryLimitBytes = MemoryLimit, Threads = 1 });
        connection = database.Connect();

        // What the vector does not depend on is left out, and stays null.
        var names = vector.Entities.SelectMany(e => e.View.Plan.Features.Select(f => (Name: ViewShape.NameOf(e.View.Name, f.Name), f.Type))).ToList();
        var needed = names.Where((_, i) => vector.Needed[i]).ToList();
        places = [.. names.Select((n, i) => (vector.Needed[i] ? 1 + needed.IndexOf(n) : -1, n.Type))];
        statement = connection.Prepare(string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT {SpineParts.Place}{string.Concat(needed.Select(n => $", {SpineTable.Quoted(n.Name)}"))} FROM read_parquet({SpineTable.Text(path)}) WHERE {SpineParts.Place} > {behind}"));
        rows = statement.Stream();
    }

    /// <param name="vector">Whose look-ups they answer.</param>
    /// <param name="path">The file.</param>
    /// <param name="behind">The place behind which requests are asked about.</param>
    /// <exception cref="Engine.Problems.FlyballException">FLY5024: the file is damaged.</exception>
    public static FoundValues Open(FeatureVectorPlan vector, string path, long behind)
    {
        try
        {
            return new FoundValues(vector, path, behind);
        }
        catch (DuckDbException)
        {
            throw BatchProblems.Damaged(path);
        }
    }

    /// <summary>The values of the next good request.</summary>
    /// <param name="place">Its place in the file.</param>
    /// <param name="into">In the order of the vector's look-ups.</param>
    /// <exception cref="Engine.Problems.FlyballException">FLY5024: the file has no values for it.</exception>
    public void Next(long place, Span<Value> into)
    {
        if (chunk is null || at == chunk.RowCount)
        {
            (chunk, at) = (rows.NextChunk() ?? throw BatchProblems.Damaged(path), 0);
        }

        if (chunk.Column<long>(0)[at] != place)
        {
            throw BatchProblems.Damaged(path);
        }

        for (var i = 0; i < places.Length; i++)
        {
            into[i] = LakeCell.Read(chunk, places[i].Column, at, places[i].Type);
        }

        at++;
    }

    public void Dispose()
    {
        rows.Dispose();
        statement.Dispose();
        connection.Dispose();
        database.Dispose();
    }
}
