using Flyball.Benchmarks.Journal;
using Flyball.Benchmarks.Native;

switch (args)
{
    case ["journal", .. var rest]:
        await JournalBenchmark.Run(rest);
        return 0;
    case ["native", .. var rest]:
        NativeBenchmark.Run(rest);
        return 0;
    default:
        Console.Error.WriteLine("Usage: Flyball.Benchmarks journal [writers] [events-per-writer] | native [rows]");
        return 2;
}
