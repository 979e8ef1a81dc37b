using BenchmarkDotNet.Running;
using Flyball.Benchmarks.Journal;
using Flyball.Benchmarks.Native;
using Flyball.Benchmarks.Quality;

// The journal and the native libraries are timed as a whole, with their own threads and files; everything else is BenchmarkDotNet's.
switch (args)
{
    case ["journal", .. var rest]:
        await JournalBenchmark.Run(rest);
        break;
    case ["native", .. var rest]:
        NativeBenchmark.Run(rest);
        break;
    case ["quality", .. var rest]:
        QualityBenchmark.Run(rest);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
