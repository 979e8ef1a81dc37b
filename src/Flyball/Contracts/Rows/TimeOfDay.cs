using System.Globalization;

namespace Flyball.Contracts.Rows;

/// <summary>A time of day as the text it is stored as: <c>13:45:00</c>, or <c>13:45:00.5</c>. The order of these texts is that of the times.</summary>
internal static class TimeOfDay
{
    public static string Write(long micros)
    {
        var time = new TimeOnly(micros * TimeSpan.TicksPerMicrosecond);
        return time.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
    }
}
