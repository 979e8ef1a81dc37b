using System.Text;

namespace Flyball.Storage.Journals;

/// <summary>One string per distinct stream name, so that reading a record allocates none. Not thread-safe: one per reader.</summary>
internal sealed class StreamNames
{
    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);
    private readonly byte[] lastBytes = new byte[ushort.MaxValue];
    private int lastLength;
    private string last = "";

    internal string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.SequenceEqual(lastBytes.AsSpan(0, lastLength)))
        {
            return last;
        }

        Span<char> chars = stackalloc char[utf8.Length];
        var name = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        if (!known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var found))
        {
            found = name.ToString();
            known.Add(found, found);
        }

        utf8.CopyTo(lastBytes);
        lastLength = utf8.Length;
        last = found;
        return found;
    }
}
