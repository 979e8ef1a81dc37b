using Flyball.Engine.Time;

namespace Flyball.Server.Simulation;

/// <summary>One card payment, as the contract <c>transactions</c> of the fraud example describes it.</summary>
/// <param name="TransactionId">Unique and rising with time within one data set.</param>
/// <param name="EventTime">When the card was used; whole seconds.</param>
/// <param name="CustomerId">Whose card, from 0.</param>
/// <param name="TerminalId">Where it was used, from 0.</param>
/// <param name="Amount">Euro, two decimals, never negative.</param>
public readonly record struct FraudTransaction(long TransactionId, EventTime EventTime, int CustomerId, int TerminalId, decimal Amount);
