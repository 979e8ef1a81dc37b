using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Flyball.Engine.Identity;
using Flyball.Training.Encodings;

namespace Flyball.Training.Datasets;

/// <summary>
/// The feature values of a training set as a file.
/// <list type="number">
/// <item>Eight bytes of format and the key of 32 bytes.</item>
/// <item>For each column of categories how many there are, and each with its length before its UTF-8; then the values of the three parts, their number first. All little-endian.</item>
/// <item>The SHA-256 of all that. What was cut off or changed does not have it, and is not read.</item>
/// </list>
/// </summary>
internal static class DatasetFile
{
    private const int ChunkFloats = 1 << 18;

    private static ReadOnlySpan<byte> Format => "FLYSET1\n"u8;

    /// <summary>Writes beside the place and moves it there: the place holds a whole file or none.</summary>
    /// <returns>The digest that ends it.</returns>
    public static Digest Write(string path, Digest key, RawShape shape, IReadOnlyList<float[]> parts)
    {
        var draft = path + ".part";
        Digest written;
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            Add(Format);
            Add(key.ToBytes());
            foreach (var vocabulary in shape.Vocabularies.OfType<Vocabulary>())
            {
                AddNumber(vocabulary.Count);
                for (var i = 0; i < vocabulary.Count; i++)
                {
                    var text = Encoding.UTF8.GetBytes(vocabulary[i]);
                    AddNumber(text.Length);
                    Add(text);
                }
            }

            foreach (var part in parts)
            {
                AddNumber(part.LongLength);
                for (var at = 0; at < part.Length; at += ChunkFloats)
                {
                    Add(MemoryMarshal.AsBytes(part.AsSpan(at, Math.Min(ChunkFloats, part.Length - at))));
                }
            }

            var digest = hash.GetHashAndReset();
            file.Write(digest);
            written = Digest.FromBytes(digest);

            void Add(ReadOnlySpan<byte> bytes)
            {
                file.Write(bytes);
                hash.AppendData(bytes);
            }

            void AddNumber(long number)
            {
                Span<byte> bytes = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
                Add(bytes);
            }
        }

        File.Move(draft, path, overwrite: true);
        return written;
    }

    /// <summary>Reads the values of parts of known sizes, and the categories into a fresh shape.</summary>
    /// <param name="path">A whole file.</param>
    /// <param name="key">What it must have been written for.</param>
    /// <param name="shape">Its vocabularies are filled.</param>
    /// <param name="sizes">Values of each part.</param>
    /// <exception cref="InvalidDataException">It is another one, was cut off or was changed.</exception>
    public static (IReadOnlyList<float[]> Parts, Digest Digest) Read(string path, Digest key, RawShape shape, IReadOnlyList<long> sizes)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var head = new byte[Format.Length + 32];
        Take(head);
        Require(head.AsSpan(0, Format.Length).SequenceEqual(Format) && head.AsSpan(Format.Length).SequenceEqual(key.ToBytes()), "it is of another set");
        foreach (var vocabulary in shape.Vocabularies.OfType<Vocabulary>())
        {
            var count = TakeNumber();
            for (var i = 0L; i < count; i++)
            {
                var length = TakeNumber();
                Require(length >= 0 && length <= file.Length - file.Position, "a text goes beyond its end");
                var text = new byte[length];
                Take(text);
                Require(vocabulary.NumberOf(Encoding.UTF8.GetString(text)) == i, "a category occurs twice");
            }
        }

        var parts = new float[sizes.Count][];
        for (var part = 0; part < parts.Length; part++)
        {
            Require(TakeNumber() == sizes[part], "a part has another number of values");
            parts[part] = new float[sizes[part]];
            for (var at = 0; at < parts[part].Length; at += ChunkFloats)
            {
                Take(MemoryMarshal.AsBytes(parts[part].AsSpan(at, Math.Min(ChunkFloats, parts[part].Length - at))));
            }
        }

        var digest = hash.GetHashAndReset();
        var stated = new byte[digest.Length];
        Require(file.ReadAtLeast(stated, stated.Length, throwOnEndOfStream: false) == stated.Length && stated.AsSpan().SequenceEqual(digest) && file.ReadByte() < 0, "its digest is another one");
        return (parts, Digest.FromBytes(digest));

        void Take(Span<byte> bytes)
        {
            Require(file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length, "it was cut off");
            hash.AppendData(bytes);
        }

        long TakeNumber()
        {
            Span<byte> bytes = stackalloc byte[8];
            Take(bytes);
            return BinaryPrimitives.ReadInt64LittleEndian(bytes);
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException($"The stored data set cannot be used: {otherwise}.");
        }
    }
}
