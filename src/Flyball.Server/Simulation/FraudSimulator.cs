using Flyball.Engine.Time;

namespace Flyball.Server.Simulation;

/// <summary>Card payments and the fraud reports that follow them, as a pure function of a <see cref="FraudSimulation"/>.</summary>
/// <remarks>
/// <para>1. A world is drawn: customers and terminals on a square; each customer has a mean amount, a daily rate and the
/// terminals within reach. 2. Each customer's day gives a Poisson number of payments, around noon, of normal amounts.
/// 3. Three mechanisms make fraud: every amount above 220; every payment at a terminal for 28 days after it was
/// compromised; a third of a customer's payments, at five times the amount, for 14 days after the card was stolen.</para>
/// <para>The rules and their numbers are those that Le Borgne, Siblini, Lebichot and Bontempi describe in "Reproducible Machine
/// Learning for Credit Card Fraud Detection: Practical Handbook", chapter 3, "Transaction data simulator"; new victims a day
/// are scaled to the population. Drift, report delays and the generator are ours.</para>
/// <para>Everything is drawn while it is enumerated, a day at a time: memory does not grow with the number of days. Each
/// enumeration starts over and gives the same. Safe to use from several threads.</para>
/// </remarks>
public sealed class FraudSimulator
{
    private const int Day = 86_400;
    private const int TerminalFraud = 4;
    private const int CustomerFraud = 5;
    private const int CustomerDay = 6;

    // The handbook's two terminals of 10,000 and three customers of 5,000 a day.
    private const double TerminalsPerDay = 2.0 / 10_000;
    private const double CustomersPerDay = 3.0 / 5_000;
    private const int TerminalDaysHeld = 28;
    private const int CustomerDaysHeld = 14;
    private const double SuspiciousAmount = 220;
    private const int LeastReportDelay = 6 * 3_600;
    private const int MostReportDelay = 7 * Day;

    private readonly FraudSimulation _simulation;
    private readonly FraudWorld _world;
    private readonly long _start;

    /// <summary>Draws the world; costs customers times terminals.</summary>
    /// <exception cref="ArgumentException"><see cref="FraudSimulation.Check"/> finds a problem.</exception>
    public FraudSimulator(FraudSimulation simulation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        if (simulation.Check() is [var problem, ..])
        {
            throw new ArgumentException(problem.ToString(), nameof(simulation));
        }

        _simulation = simulation;
        _world = new FraudWorld(simulation);
        _start = new DateTimeOffset(simulation.Start.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds();
    }

    /// <summary>All payments in order of time, numbered from 1.</summary>
    public IEnumerable<FraudTransaction> Transactions()
    {
        foreach (var payment in Payments())
        {
            yield return payment.Transaction;
        }
    }

    /// <summary>All reports in order of their own time.</summary>
    public IEnumerable<FraudReport> Reports()
    {
        PriorityQueue<FraudReport, (EventTime At, long Id)> waiting = new();
        foreach (var (transaction, delay) in Payments())
        {
            // Nothing that is still to come can be reported earlier than this.
            var settled = Later(transaction.EventTime, LeastReportDelay);
            while (waiting.TryPeek(out var next, out _) && next.EventTime < settled)
            {
                yield return waiting.Dequeue();
            }

            if (delay is { } seconds)
            {
                var at = Later(transaction.EventTime, seconds);
                waiting.Enqueue(new FraudReport(transaction.TransactionId, at, IsFraud: true), (at, transaction.TransactionId));
            }
        }

        while (waiting.TryDequeue(out var report, out _))
        {
            yield return report;
        }
    }

    private static EventTime Later(EventTime at, int seconds) => new(at.Micros + (seconds * 1_000_000L));

    private IEnumerable<(FraudTransaction Transaction, int? ReportDelay)> Payments()
    {
        var terminals = new Compromised(
            _simulation.Seed, TerminalFraud, _simulation.Terminals, TerminalsPerDay * _simulation.Terminals, TerminalDaysHeld);
        var customers = new Compromised(
            _simulation.Seed, CustomerFraud, _simulation.Customers, CustomersPerDay * _simulation.Customers, CustomerDaysHeld);
        List<Payment> today = [];
        var id = 0L;
        for (var day = 0; day < _simulation.Days; day++)
        {
            terminals.Enter(day);
            customers.Enter(day);
            today.Clear();
            for (var customer = 0; customer < _world.Customers.Length; customer++)
            {
                AddDay(today, day, customer, terminals, customers.Holds(customer, day));
            }

            today.Sort(static (a, b) => (a.Second, a.Customer, a.Ordinal).CompareTo((b.Second, b.Customer, b.Ordinal)));
            foreach (var payment in today)
            {
                var at = new EventTime((_start + ((long)day * Day) + payment.Second) * 1_000_000L);
                var transaction = new FraudTransaction(++id, at, payment.Customer, payment.Terminal, payment.Amount);
                yield return (transaction, payment.ReportDelay);
            }
        }
    }

    private void AddDay(List<Payment> today, int day, int customerId, Compromised terminals, bool stolen)
    {
        var customer = _world.Customers[customerId];
        var drift = _simulation.Drift is { } injected && day >= injected.Day ? injected : null;
        var draws = new SeededDraws(_simulation.Seed, CustomerDay, customerId, day);
        var rate = customer.PaymentsPerDay * (drift is { Kind: FraudDriftKind.Volume } ? drift.Factor : 1);
        var count = draws.NextPoisson(rate);
        for (var ordinal = 0; ordinal < count; ordinal++)
        {
            // Each payment takes its numbers in the same order whatever they lead to.
            var second = (int)Math.Round(draws.NextNormal(Day / 2.0, 20_000));
            var amount = draws.NextNormal(customer.MeanAmount, customer.MeanAmount / 2);
            var instead = draws.NextUniform(0, customer.MeanAmount * 2);
            var terminal = customer.Terminals[draws.NextIndex(customer.Terminals.Length)];
            var byThief = draws.NextIndex(3) == 0 && stolen;
            var delay = LeastReportDelay + draws.NextIndex(MostReportDelay - LeastReportDelay + 1);
            if (second is <= 0 or >= Day)
            {
                continue;
            }

            amount = amount < 0 ? instead : amount;
            var fraud = byThief || amount > SuspiciousAmount || terminals.Holds(terminal, day);
            amount *= byThief ? 5 : 1;

            // After the verdict: prices rise, and what is fraud stays what it was. A model that learned the old amounts errs.
            amount *= drift is { Kind: FraudDriftKind.Amounts } && _world.Drifts(terminal) ? drift.Factor : 1;
            today.Add(new Payment(second, customerId, ordinal, terminal, decimal.Round((decimal)amount, 2), fraud ? delay : null));
        }
    }

    private readonly record struct Payment(int Second, int Customer, int Ordinal, int Terminal, decimal Amount, int? ReportDelay);
}
