using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Server.Hosting;
using Flyball.Server.Simulation;
using Spectre.Console;

namespace Flyball.Server.Cli;

/// <summary><c>flyball simulate</c>: makes transactions and fraud reports of the example's shape from a seed.</summary>
internal static class SimulateCommand
{
    public static Command Create(SharedOptions shared)
    {
        var output = new Option<string>("--out") { Description = "Folder for transactions.csv.gz and fraud_reports.csv.gz.", Required = true, HelpName = "DIR" };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same bytes.", DefaultValueFactory = _ => 1 };
        var days = new Option<int>("--days") { DefaultValueFactory = _ => 183, Description = "How many days." };
        var customers = new Option<int>("--customers") { DefaultValueFactory = _ => 500, Description = "How many customers." };
        var terminals = new Option<int>("--terminals") { DefaultValueFactory = _ => 10_000, Description = "How many terminals." };
        var driftDay = new Option<int?>("--drift-day") { Description = "From this day on the amounts of a group of terminals change.", HelpName = "DAY" };
        var command = new Command("simulate", "Make transactions and late fraud reports from a seed.") { output, seed, days, customers, terminals, driftDay };
        new CommandRunner(shared).SetLocal(command, (parsed, _, cancellation) =>
        {
            var simulation = new FraudSimulation
            {
                Seed = (ulong)parsed.GetValue(seed),
                Days = parsed.GetValue(days),
                Customers = parsed.GetValue(customers),
                Terminals = parsed.GetValue(terminals),
                Drift = parsed.GetValue(driftDay) is { } day ? new FraudDrift(day, FraudDriftKind.Amounts) : null,
            };
            var problems = simulation.Check();
            if (problems.Count > 0)
            {
                throw new ProjectException(problems);
            }

            var folder = Path.GetFullPath(parsed.GetValue(output)!);
            Directory.CreateDirectory(folder);
            var simulator = new FraudSimulator(simulation);
            var transactions = FraudFiles.WriteTransactions(Path.Combine(folder, FraudFiles.Transactions), simulator.Transactions());
            var reports = FraudFiles.WriteReports(Path.Combine(folder, FraudFiles.Reports), simulator.Reports());
            var document = new JsonObject { ["folder"] = folder, ["transactions"] = transactions, ["fraud_reports"] = reports };
            return Task.FromResult(new CommandOutcome(document, console => console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{transactions:N0} transactions and {reports:N0} fraud reports in {folder}"))));
        });
        return command;
    }
}
