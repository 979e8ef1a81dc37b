using Microsoft.Win32.SafeHandles;

namespace Flyball.Storage.Journals;

/// <summary>One segment file with a sparse index of where its frames are.</summary>
internal sealed class Segment(string path, SegmentHeader header)
{
    private const long Stride = 256 << 10;

    private readonly List<(long Seq, long Offset)> marks = [];

    internal string Path => path;

    internal SegmentHeader Header => header;

    /// <summary>Remembers a frame now and then, so that reading from the middle skips most of the file.</summary>
    internal void Note(long firstSeq, long offset)
    {
        lock (marks)
        {
            if (marks.Count == 0 || offset - marks[^1].Offset >= Stride)
            {
                marks.Add((firstSeq, offset));
            }
        }
    }

    /// <summary>Forgets the frames from an offset on: they were taken back.</summary>
    internal void Forget(long offset)
    {
        lock (marks)
        {
            marks.RemoveAll(m => m.Offset >= offset);
        }
    }

    /// <summary>Offset of a frame at or before the one that holds <paramref name="seq"/>, with that frame's first seq.</summary>
    internal (long Seq, long Offset) Find(long seq)
    {
        lock (marks)
        {
            var low = 0;
            var high = marks.Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (marks[middle].Seq <= seq)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low == 0 ? (header.FirstSeq, SegmentHeader.Size) : marks[low - 1];
        }
    }

    internal SafeFileHandle OpenForReading() =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
}
