using System.Buffers.Binary;
using System.Text;
using Flyball.Storage.Indexes;
using Flyball.Storage.Journals;

namespace Flyball.Serving.Logged;

/// <summary>Reads from a logged prediction what the index keeps, without reading the rest: request id, model and instant, which stand at the front in every format.</summary>
internal static class PredictionHead
{
    private const int DigestBytes = 32;
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>Null for a record of another stream, and for one that is damaged: it is found by nobody.</summary>
    public static IndexedRecord? Of(JournalRecord record)
    {
        if (record.Stream != PredictionLog.Stream)
        {
            return null;
        }

        // Format, request id, model, version, digest, chosen version, rollout, arm and rung, unit, instant.
        var rest = record.Payload.Span;
        return TrySkip(ref rest, 1) && TryText(ref rest, out var id) && TryText(ref rest, out var model) && TrySkip(ref rest, 4 + DigestBytes + 4)
            && TryText(ref rest, out _) && TrySkip(ref rest, 2) && TryText(ref rest, out _) && rest.Length >= 8
            ? new IndexedRecord(KeyOf(id), Encoding.UTF8.GetString(model), BinaryPrimitives.ReadInt64LittleEndian(rest))
            : null;
    }

    public static ulong KeyOf(string requestId) => KeyOf(Encoding.UTF8.GetBytes(requestId));

    /// <summary>FNV-1a, then the finish of MurmurHash3 (public domain, A. Appleby), which spreads it over all bits. Stands in files: it never changes.</summary>
    private static ulong KeyOf(ReadOnlySpan<byte> id)
    {
        unchecked
        {
            var hash = FnvOffset;
            foreach (var one in id)
            {
                hash = (hash ^ one) * FnvPrime;
            }

            hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
            hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
            return hash ^ (hash >> 33);
        }
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> rest, int bytes)
    {
        if (rest.Length < bytes)
        {
            return false;
        }

        rest = rest[bytes..];
        return true;
    }

    private static bool TryText(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (rest.Length < 4)
        {
            return false;
        }

        // A text that is null has the length -1.
        var length = Math.Max(0, BinaryPrimitives.ReadInt32LittleEndian(rest));
        if (length > rest.Length - 4)
        {
            return false;
        }

        text = rest.Slice(4, length);
        rest = rest[(4 + length)..];
        return true;
    }
}
