using System.Globalization;
using System.Text;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Server.Simulation;

namespace Flyball.Server.Demo;

/// <summary>The events the story is played with: the files of a folder, or a simulation of the same shape.</summary>
internal sealed class DemoData
{
    private DemoData(IReadOnlyList<FraudTransaction> transactions, IReadOnlyList<FraudReport> reports, string origin)
    {
        Transactions = transactions;
        Reports = reports;
        Origin = origin;
        Start = new EventTime(transactions[0].EventTime.Micros / Clock.MicrosPerDay * Clock.MicrosPerDay);
    }

    /// <summary>In order of their event time.</summary>
    public IReadOnlyList<FraudTransaction> Transactions { get; }

    /// <summary>In order of their event time.</summary>
    public IReadOnlyList<FraudReport> Reports { get; }

    public string Origin { get; }

    /// <summary>Midnight before the first transaction.</summary>
    public EventTime Start { get; }

    public static DemoData Load(string? folder)
    {
        if (folder is null)
        {
            var simulated = new FraudSimulator(new FraudSimulation { Seed = 20_180_401 });
            return new DemoData([.. simulated.Transactions()], [.. simulated.Reports()], "simulated");
        }

        if (!File.Exists(Path.Combine(folder, FraudFiles.Transactions)))
        {
            throw new FlyballException(new Problem(
                "FLY3012", $"The folder has no {FraudFiles.Transactions}.", new ProblemLocation(folder), "Give a folder with transactions.csv.gz and fraud_reports.csv.gz, or leave --data out to play with simulated data."));
        }

        return new DemoData(
            [.. FraudFiles.ReadTransactions(Path.Combine(folder, FraudFiles.Transactions))],
            [.. FraudFiles.ReadReports(Path.Combine(folder, FraudFiles.Reports))],
            folder);
    }

    public EventTime Day(int day) => new(Start.Micros + (day * Clock.MicrosPerDay));

    public static string Csv(IEnumerable<FraudTransaction> transactions)
    {
        var text = new StringBuilder("transaction_id,event_time,customer_id,terminal_id,amount\n");
        foreach (var t in transactions)
        {
            text.Append(CultureInfo.InvariantCulture, $"{t.TransactionId},{t.EventTime},{t.CustomerId},{t.TerminalId},{t.Amount:0.00}\n");
        }

        return text.ToString();
    }

    public static string Csv(IEnumerable<FraudReport> reports)
    {
        var text = new StringBuilder("transaction_id,event_time,is_fraud\n");
        foreach (var r in reports)
        {
            text.Append(CultureInfo.InvariantCulture, $"{r.TransactionId},{r.EventTime},1\n");
        }

        return text.ToString();
    }

    public static string Json(FraudTransaction t) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"transaction_id\":{t.TransactionId},\"event_time\":\"{t.EventTime}\",\"customer_id\":{t.CustomerId},\"terminal_id\":{t.TerminalId},\"amount\":{t.Amount:0.00}}}");

    public static string Json(FraudReport r) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"transaction_id\":{r.TransactionId},\"event_time\":\"{r.EventTime}\",\"is_fraud\":1}}");
}
