using Flyball.Engine.Time;

namespace Flyball.Server.Simulation;

/// <summary>The late label: a customer's report that a payment was fraud. Payments without one were honest.</summary>
/// <param name="TransactionId">The payment it is about.</param>
/// <param name="EventTime">When it was reported, 6 hours to 7 days after the payment.</param>
/// <param name="IsFraud">True in every report that is simulated; the files write it as 1.</param>
public readonly record struct FraudReport(long TransactionId, EventTime EventTime, bool IsFraud);
