using System.Globalization;
using Flyball.Server.Simulation;

namespace Flyball.Architecture.Fixtures.Clocks;

/// <summary>Calls what is banned, and beside it what is not.</summary>
public static class ReadsClock
{
    public static DateTime Now => DateTime.UtcNow;

    public static Guid Id => Guid.NewGuid();

    public static int Draw => Random.Shared.Next() + new Random().Next();

    public static double Number(string text) => double.Parse(text);

    public static Task Start(Func<Task> work) => Task.Run(work);

    public static int Wait(Task<int> task) => task.Result;

    public static void Sleep() => Thread.Sleep(1);

    public static bool Known => File.Exists("here");

    public static FraudDriftKind UsesServer => new FraudDrift(0, FraudDriftKind.Amounts).Kind;
}

public static class ReadsNoClock
{
    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    public static int Draw(int seed) => new Random(seed).Next();
}
