namespace Flyball.Server.Simulation;

/// <summary>Who pays where: the part of a simulation that no day changes.</summary>
internal sealed class FraudWorld
{
    private const double Side = 100;
    private const double Reach = 5;
    private const int TerminalPlace = 1;
    private const int CustomerProfile = 2;
    private const int DriftGroup = 3;

    private readonly FraudSimulation _simulation;

    public FraudWorld(FraudSimulation simulation)
    {
        _simulation = simulation;
        var places = new (double X, double Y)[simulation.Terminals];
        for (var terminal = 0; terminal < places.Length; terminal++)
        {
            var draws = new SeededDraws(simulation.Seed, TerminalPlace, terminal);
            places[terminal] = (draws.NextUniform(0, Side), draws.NextUniform(0, Side));
        }

        Customers = new Customer[simulation.Customers];
        for (var id = 0; id < Customers.Length; id++)
        {
            var draws = new SeededDraws(simulation.Seed, CustomerProfile, id);
            var (x, y) = (draws.NextUniform(0, Side), draws.NextUniform(0, Side));
            Customers[id] = new Customer(draws.NextUniform(5, 100), draws.NextUniform(0, 4), Near(places, x, y));
        }
    }

    public Customer[] Customers { get; }

    /// <summary>Whether a drift of amounts reaches this terminal.</summary>
    public bool Drifts(int terminal) =>
        _simulation.Drift is { Kind: FraudDriftKind.Amounts } drift
        && new SeededDraws(_simulation.Seed, DriftGroup, terminal).NextUniform() < drift.Share;

    // A terminal is used by those who live within reach of it. Where a small world has none there, people walk to the nearest.
    private static int[] Near((double X, double Y)[] places, double x, double y)
    {
        List<int> near = [];
        var nearest = 0;
        var least = double.MaxValue;
        for (var terminal = 0; terminal < places.Length; terminal++)
        {
            var (dx, dy) = (places[terminal].X - x, places[terminal].Y - y);
            var distance = (dx * dx) + (dy * dy);
            if (distance < Reach * Reach)
            {
                near.Add(terminal);
            }

            if (distance < least)
            {
                (least, nearest) = (distance, terminal);
            }
        }

        return near.Count > 0 ? [.. near] : [nearest];
    }

    /// <param name="MeanAmount">Euro; the standard deviation is half of it.</param>
    /// <param name="PaymentsPerDay">Mean of a Poisson distribution.</param>
    /// <param name="Terminals">Within reach, never empty.</param>
    public sealed record Customer(double MeanAmount, double PaymentsPerDay, int[] Terminals);
}
