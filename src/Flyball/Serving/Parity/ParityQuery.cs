using Flyball.Engine.Time;

namespace Flyball.Serving.Parity;

/// <summary>Which logged predictions are compared.</summary>
/// <param name="Model">The model.</param>
/// <param name="Sample">About as many predictions: keys are taken whole until there are as many.</param>
/// <param name="From">First instant; null for the beginning.</param>
/// <param name="To">End, exclusive; null for now.</param>
/// <param name="Salt">Draws another sample.</param>
public sealed record ParityQuery(string Model, int Sample, EventTime? From = null, EventTime? To = null, ulong Salt = 0)
{
    /// <summary>Whether a prediction instant lies in the window.</summary>
    public bool Covers(EventTime instant) => (From is not { } from || instant >= from) && (To is not { } to || instant < to);
}
