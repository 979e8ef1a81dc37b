namespace Flyball.Serving.Admission;

/// <summary>
/// Tells a burst from lasting overload, after Nichols and Jacobson, "Controlling queue delay", 2012: a queue that stands is not one that takes up a burst.
/// <list type="number">
/// <item>Work may wait for as long as the budget lasts; it is spent while anything waits, microsecond by microsecond.</item>
/// <item>While nothing waits it comes back, four times as fast: a model that is busy for nine tenths of the time has its budget most of the time.</item>
/// <item>An instant without waiting work gives back next to nothing: overload is not over because of it.</item>
/// </list>
/// Not thread-safe.
/// </summary>
/// <param name="most">The whole budget, in microseconds.</param>
internal sealed class BurstBudget(double most, TimeProvider time)
{
    private const double Regain = 4;

    private readonly double whole = most;
    private double left = most;
    private long asOf = time.GetTimestamp();

    /// <summary>Microseconds that are left now.</summary>
    /// <param name="waits">Whether anything has been waiting since the last call: to be called before that changes.</param>
    public double Left(bool waits)
    {
        var now = time.GetTimestamp();
        var passed = time.GetElapsedTime(asOf, now).TotalMicroseconds;
        asOf = now;
        left = Math.Clamp(left + (waits ? -passed : Regain * passed), 0, whole);
        return left;
    }
}
