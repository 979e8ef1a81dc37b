using System.Buffers;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Snapshots;

namespace Flyball.Contracts.Windows;

/// <summary>
/// When a source last had news, and how many rows each hour of event time had: kept of every stored row, from the replay on. Memory: four days of hours.
/// Safe from any thread.
/// </summary>
internal sealed class SourceActivity
{
    private const int Hours = 96;
    private const long HourMicros = 3_600_000_000;

    private readonly Lock gate = new();
    private readonly long[] stamps = new long[Hours];
    private readonly long[] counts = new long[Hours];
    private long newest = long.MinValue;
    private long known = long.MinValue;
    private long told = long.MinValue;
    private long seen;

    public SourceActivity() => Array.Fill(stamps, long.MinValue);

    /// <summary>Takes a stored row, in the order of the log; one that was taken before changes nothing.</summary>
    public void Add(long eventTimeMicros, long knownAtMicros, long seq)
    {
        var hour = StatisticalCounts.Bucket(eventTimeMicros, HourMicros);
        var place = (int)(((hour % Hours) + Hours) % Hours);
        lock (gate)
        {
            if (seq <= seen)
            {
                return;
            }

            seen = seq;
            newest = Math.Max(newest, eventTimeMicros);
            known = Math.Max(known, knownAtMicros);
            if (hour > stamps[place])
            {
                (stamps[place], counts[place]) = (hour, 0);
            }

            counts[place] += hour == stamps[place] ? 1 : 0;
        }
    }

    /// <summary>How long ago the newest event or the last arrival was, whichever is longer ago; null before the first row.</summary>
    public long? SilentFor(long now)
    {
        lock (gate)
        {
            return known == long.MinValue ? null : Math.Max(0, now - Math.Min(newest, known));
        }
    }

    /// <summary>It was told that the source has no news since its last row.</summary>
    public bool IsTold
    {
        get
        {
            lock (gate)
            {
                return told != long.MinValue && told == known;
            }
        }
    }

    /// <summary>Notes that it was told, by a record of the log.</summary>
    public void Tell(long seq)
    {
        lock (gate)
        {
            if (seq > seen)
            {
                (seen, told) = (seq, known);
            }
        }
    }

    /// <summary>Writes all of it.</summary>
    public void Write(IBufferWriter<byte> into)
    {
        lock (gate)
        {
            foreach (var number in (ReadOnlySpan<long>)[seen, newest, known, told, .. stamps, .. counts])
            {
                NumberForm.Write(into, number);
            }
        }
    }

    /// <summary>Takes over what <see cref="Write"/> wrote, in place of what is known here.</summary>
    public void Read(ReadOnlySpan<byte> from)
    {
        lock (gate)
        {
            (seen, newest, known, told) = (NumberForm.Read(ref from), NumberForm.Read(ref from), NumberForm.Read(ref from), NumberForm.Read(ref from));
            foreach (var numbers in (long[][])[stamps, counts])
            {
                for (var i = 0; i < Hours; i++)
                {
                    numbers[i] = NumberForm.Read(ref from);
                }
            }
        }
    }

    /// <summary>Rows of a bucket of event time; null when its hours are not all remembered any more.</summary>
    /// <param name="bucket">Its number since 1970.</param>
    /// <param name="micros">Its length: a day or an hour.</param>
    public long? RowsOf(long bucket, long micros)
    {
        var hours = micros / HourMicros;
        long rows = 0;
        lock (gate)
        {
            for (var hour = bucket * hours; hour < (bucket + 1) * hours; hour++)
            {
                var place = (int)(((hour % Hours) + Hours) % Hours);
                if (stamps[place] > hour)
                {
                    return null;
                }

                rows += stamps[place] == hour ? counts[place] : 0;
            }
        }

        return rows;
    }
}
