namespace Flyball.Training;
public static class Tmp { static long w=System.Diagnostics.Stopwatch.GetTimestamp(); static System.TimeSpan c=System.Environment.CpuUsage.TotalTime;
public static void At(string what){ var n=System.Environment.CpuUsage.TotalTime; System.Console.WriteLine(FormattableString.Invariant($"   .. {what}: {System.Diagnostics.Stopwatch.GetElapsedTime(w).TotalSeconds:F2} s, cpu {(n-c).TotalSeconds:F2}")); w=System.Diagnostics.Stopwatch.GetTimestamp(); c=n; } }
