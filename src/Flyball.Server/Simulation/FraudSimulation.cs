using System.Globalization;
using Flyball.Engine.Problems;

namespace Flyball.Server.Simulation;

/// <summary>What to simulate. Two equal simulations give the same transactions and reports, to the byte.</summary>
public sealed record FraudSimulation
{
    /// <summary>Names one world among all that the other settings allow.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The first day, UTC.</summary>
    public DateOnly Start { get; init; } = new(2018, 4, 1);

    /// <summary>How many days of payments; reports run up to seven days longer.</summary>
    public int Days { get; init; } = 183;

    /// <summary>How many customers; each pays about 1.9 times a day on average.</summary>
    public int Customers { get; init; } = 500;

    /// <summary>How many terminals, spread over the same square as the customers.</summary>
    public int Terminals { get; init; } = 10_000;

    /// <summary>The change to inject, if any.</summary>
    public FraudDrift? Drift { get; init; }

    /// <summary>Everything that is wrong with these settings; empty when they can be simulated.</summary>
    public IReadOnlyList<Problem> Check()
    {
        List<Problem> problems = [];
        Require(Days is >= 1 and <= 3660, "days", Days, "1 to 3660");
        Require(Customers is >= 1 and <= 1_000_000, "customers", Customers, "1 to 1000000");
        Require(Terminals is >= 1 and <= 1_000_000, "terminals", Terminals, "1 to 1000000");
        Require(Start.Year is >= 1970 and <= 2200, "start", Start.Year, "a date in the years 1970 to 2200");
        if (Drift is { } drift)
        {
            Require(drift.Day >= 0, "drift.day", drift.Day, "0 or more");
            Require(drift.Factor is > 0 and <= 10, "drift.factor", drift.Factor, "above 0 and at most 10");
            Require(drift.Share is > 0 and <= 1, "drift.share", drift.Share, "above 0 and at most 1");
        }

        return problems;

        void Require(bool holds, string field, double seen, string allowed)
        {
            if (!holds)
            {
                problems.Add(new Problem(
                    "FLY7001",
                    string.Create(CultureInfo.InvariantCulture, $"A simulation cannot have {field} = {seen}."),
                    new ProblemLocation(Field: field),
                    $"Give {allowed}."));
            }
        }
    }
}
