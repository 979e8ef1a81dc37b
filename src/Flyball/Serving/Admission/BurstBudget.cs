namespace Flyball.Serving.Admission;

/// <summary>
/// Tells a burst from lasting overload, after Nichols and Jacobson, "Controlling queue delay", 2012: a queue that stands is not one that takes up a burst.
/// <list type="number">
/// <item>Work may wait for as long as the budget lasts; it is spent while anything waits, microsecond by microsecond.</item>
/// <item>While nothing waits it comes back, four times as fast: a model that is busy for nine tenths of the time has its budget most of the time.</item>
/// <item>While work is being refused it hardly comes back: an instant without waiting work, because a thread was late, is no end of overload.</item>
/// </list>
/// Not thread-safe.
/// </summary>
/// <param name="most">The whole budget, in microseconds.</param>
internal sealed class BurstBudget(double most, TimeProvider time)
{
    private const double Regain = 4;
    private const double RegainWhileRefusing = 0.1;

    /// <summary>For how long after it a refusal counts, in microseconds.</summary>
    private const double Lately = 100_000;

    private readonly double whole = most;
    private double left = most;
    private long asOf = time.GetTimestamp();
    private double sinceRefused = double.PositiveInfinity;

    /// <summary>Microseconds that are left now.</summary>
    /// <param name="waits">Whether anything has been waiting since the last call: to be called before that changes.</param>
    public double Left(bool waits)
    {
        var now = time.GetTimestamp();
        var passed = time.GetElapsedTime(asOf, now).TotalMicroseconds;
        asOf = now;
        sinceRefused += passed;
        left = Math.Clamp(left + (passed * (waits ? -1 : sinceRefused < Lately ? RegainWhileRefusing : Regain)), 0, whole);
        return left;
    }

    /// <summary>Notes that a piece was refused.</summary>
    public void NoteRefused() => sinceRefused = 0;
}
