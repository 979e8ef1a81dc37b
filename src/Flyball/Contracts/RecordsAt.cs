using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Contracts;

/// <summary>Reads single records of a journal.</summary>
internal static class RecordsAt
{
    /// <summary>Positions this near are read in one go.</summary>
    private const long Near = 4_096;

    /// <summary>The records at positions, which rise. Cost: reads what lies between those that are near each other.</summary>
    public static IEnumerable<JournalRecord> Read(Journal journal, IReadOnlyList<long> positions)
    {
        for (var from = 0; from < positions.Count;)
        {
            var to = from;
            while (to + 1 < positions.Count && positions[to + 1] - positions[to] < Near)
            {
                to++;
            }

            var next = from;
            foreach (var record in journal.Read(new Horizon(positions[from] - 1), new Horizon(positions[to])))
            {
                if (record.Seq == positions[next])
                {
                    next++;
                    yield return record;
                }
            }

            from = to + 1;
        }
    }
}
