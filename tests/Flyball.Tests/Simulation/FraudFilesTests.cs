using System.IO.Compression;
using Flyball.Engine.Problems;
using Flyball.Server.Simulation;

namespace Flyball.Tests.Simulation;

public sealed class FraudFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flyball-fraud-").FullName;
    private readonly FraudSimulation _simulation = new() { Days = 20, Customers = 80, Terminals = 2_000 };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_written_is_read_back()
    {
        FraudSimulator simulator = new(_simulation);
        var (payments, reports) = (Path.Combine(_folder, FraudFiles.Transactions), Path.Combine(_folder, FraudFiles.Reports));

        Assert.Equal(simulator.Transactions().Count(), FraudFiles.WriteTransactions(payments, simulator.Transactions()));
        Assert.Equal(simulator.Reports().Count(), FraudFiles.WriteReports(reports, simulator.Reports()));

        Assert.Equal(simulator.Transactions(), FraudFiles.ReadTransactions(payments));
        Assert.Equal(simulator.Reports(), FraudFiles.ReadReports(reports));
        Assert.Equal([FraudFiles.Reports, FraudFiles.Transactions], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_same_seed_writes_the_same_bytes_and_another_seed_others()
    {
        var first = Bytes(_simulation, "a");

        Assert.Equal(first, Bytes(_simulation, "b"));
        Assert.NotEqual(first, Bytes(_simulation with { Seed = 2 }, "c"));
    }

    [Fact]
    public void Lines_have_the_form_of_the_published_files()
    {
        Bytes(_simulation, "lines");
        var lines = Unzip(Path.Combine(_folder, "lines"));

        Assert.Equal("transaction_id,event_time,customer_id,terminal_id,amount", lines[0]);
        Assert.All(lines.Skip(1), line => Assert.Matches(@"^\d+,2018-04-\d\dT\d\d:\d\d:\d\dZ,\d+,\d+,\d+\.\d\d$", line));
    }

    [Fact]
    public void The_published_files_are_read()
    {
        var folder = SharedFolder();
        Assert.SkipWhen(folder is null, "no folder 'shared' beside the repository and no FLYBALL_SHARED: the published fraud data is not here");
        var payments = FraudFiles.ReadTransactions(Path.Combine(folder!, "data", "fraud", FraudFiles.Transactions)).ToList();

        Assert.Equal(174_289, payments.Count);
        Assert.Equal(146.00m, payments[0].Amount);
        Assert.Equal("2018-04-01T00:07:56Z", payments[0].EventTime.ToString());
        Assert.Equal(1_574, FraudFiles.ReadReports(Path.Combine(folder!, "data", "fraud", FraudFiles.Reports)).Count(r => r.IsFraud));
    }

    [Theory]
    [InlineData("1,2018-04-01T00:00:01Z,2,3", "cells")]
    [InlineData("1,2018-04-01 00:00:01,2,3,4.00", "2018-04-01 00:00:01")]
    [InlineData("1,2018-04-01T00:00:01Z,2,3,4,00", "cells")]
    [InlineData("x,2018-04-01T00:00:01Z,2,3,4.00", "x")]
    [InlineData("1,2018-04-01T00:00:01Z,2,3,-4.00", "-4.00")]
    [InlineData("1,2018-04-01T00:00:01Z,99999999999,3,4.00", "Int32")]
    public void A_line_that_cannot_be_read_is_named(string line, string seen)
    {
        var path = Zip("transaction_id,event_time,customer_id,terminal_id,amount\n1,2018-04-01T00:00:00Z,2,3,4.00\n" + line + "\n");

        var problem = Assert.Throws<FlyballException>(() => FraudFiles.ReadTransactions(path).Count()).Problem;

        Assert.Equal("FLY7002", problem.Code);
        Assert.Equal(3, problem.Where!.Line);
        Assert.Contains(seen, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_another_header_is_refused_at_line_one()
    {
        var problem = Assert.Throws<FlyballException>(() => FraudFiles.ReadReports(Zip("id,time\n")).Count()).Problem;

        Assert.Equal(1, problem.Where!.Line);
    }

    private static string? SharedFolder()
    {
        if (Environment.GetEnvironmentVariable("FLYBALL_SHARED") is { Length: > 0 } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(Path.Combine(candidate, "data", "fraud")))
            {
                return candidate;
            }
        }

        return null;
    }

    private static string[] Unzip(string path)
    {
        using StreamReader text = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return text.ReadToEnd().TrimEnd('\n').Split('\n');
    }

    private byte[] Bytes(FraudSimulation simulation, string name)
    {
        var path = Path.Combine(_folder, name);
        FraudFiles.WriteTransactions(path, new FraudSimulator(simulation).Transactions());
        return File.ReadAllBytes(path);
    }

    private string Zip(string text)
    {
        var path = Path.Combine(_folder, "given.csv.gz");
        using StreamWriter writer = new(new GZipStream(File.Create(path), CompressionLevel.Fastest));
        writer.Write(text);
        return path;
    }
}
