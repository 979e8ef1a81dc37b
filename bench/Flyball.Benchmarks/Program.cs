using BenchmarkDotNet.Running;
using Flyball.Benchmarks.Evaluation;
using Flyball.Benchmarks.Features;
using Flyball.Benchmarks.Fold;
using Flyball.Benchmarks.History;
using Flyball.Benchmarks.Ingest;
using Flyball.Benchmarks.Journal;
using Flyball.Benchmarks.Mlflow;
using Flyball.Benchmarks.Native;
using Flyball.Benchmarks.Profiles;
using Flyball.Benchmarks.Quality;
using Flyball.Benchmarks.Serving;
using Flyball.Benchmarks.Training;

// The journal, the native libraries and profiles are timed as a whole, with their own threads and files; everything else is BenchmarkDotNet's.
switch (args)
{
    case ["journal", .. var rest]:
        await JournalBenchmark.Run(rest);
        break;
    case ["ingest", .. var rest]:
        await IngestBenchmark.Run(rest);
        break;
    case ["native", .. var rest]:
        NativeBenchmark.Run(rest);
        break;
    case ["features", .. var rest]:
        await FeatureReadBenchmark.Run(rest);
        break;
    case ["restart", .. var rest]:
        await RestartBenchmark.Run(rest);
        break;
    case ["fold"]:
        FoldBenchmark.Run();
        break;
    case ["profile", .. var rest]:
        ProfileBenchmark.Run(rest);
        break;
    case ["quality", .. var rest]:
        QualityBenchmark.Run(rest);
        break;
    case ["mlflow", .. var rest]:
        await MlflowBenchmark.Run(rest);
        break;
    case ["history", .. var rest]:
        HistoryBenchmark.Run(rest);
        break;
    case ["evaluation", .. var rest]:
        EvaluationBenchmark.Run(rest);
        break;
    case ["score", .. var rest]:
        ScoreBenchmark.Run(rest);
        break;
    case ["training", .. var rest]:
        await TrainingBenchmark.Run(rest);
        break;
    case ["serving", .. var rest]:
        await ServingBenchmark.Run(rest);
        break;
    case ["hosted", .. var rest]:
        await HostedProgram.Run(rest);
        break;
    case ["echo", .. var rest]:
        await EchoServer.Run(rest);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
