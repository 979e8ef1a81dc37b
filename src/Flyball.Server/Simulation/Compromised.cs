namespace Flyball.Server.Simulation;

/// <summary>Which terminals or customers a fraudster holds on a day: some are drawn every day and kept for a while.</summary>
internal sealed class Compromised(ulong seed, int purpose, int population, double perDay, int daysHeld)
{
    private readonly Dictionary<int, int> _until = [];
    private int _nextDay;

    /// <summary>Advances to a day. Days must be asked for in order; those held on it can then be asked for with <see cref="Holds"/>.</summary>
    public void Enter(int day)
    {
        for (; _nextDay <= day; _nextDay++)
        {
            // A small population has less than one new victim a day: the fraction is a chance.
            var draws = new SeededDraws(seed, purpose, _nextDay);
            var count = (int)perDay + (draws.NextUniform() < perDay - Math.Floor(perDay) ? 1 : 0);
            for (var i = 0; i < count; i++)
            {
                _until[draws.NextIndex(population)] = _nextDay + daysHeld;
            }
        }
    }

    public bool Holds(int id, int day) => _until.TryGetValue(id, out var until) && day < until;
}
