using Flyball.Engine.Expressions;

namespace Flyball.Training.Tasks;

/// <summary>Rows of a ranking, group by group.</summary>
/// <param name="Order">The rows, those of one group together: groups as they first come, rows in their order.</param>
/// <param name="Sizes">Rows of each group.</param>
internal sealed record RankingGroups(int[] Order, int[] Sizes)
{
    public static RankingGroups Of(IReadOnlyList<Value> groups)
    {
        var members = groups.Index().GroupBy(g => g.Item, g => g.Index).Select(g => g.ToArray()).ToList();
        return new RankingGroups([.. members.SelectMany(m => m)], [.. members.Select(m => m.Length)]);
    }
}
