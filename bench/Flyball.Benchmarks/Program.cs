using Flyball.Benchmarks.Journal;

switch (args)
{
    case ["journal", .. var rest]:
        await JournalBenchmark.Run(rest);
        return 0;
    default:
        Console.Error.WriteLine("Usage: Flyball.Benchmarks journal [writers] [events-per-writer]");
        return 2;
}
