using System.Buffers.Binary;
using Flyball.Training.Onnx;

namespace Flyball.Training.Forests;

/// <summary>The attributes of a node by name: single numbers, and lists of numbers and words.</summary>
internal sealed class ForestAttributes
{
    private readonly Dictionary<string, long> numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<long>> integers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<float>> singles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> words = new(StringComparer.Ordinal);

    /// <summary>Names of everything that was said, each once.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>False when an attribute was said twice.</summary>
    public bool IsPlain { get; private set; } = true;

    public void Add(ReadOnlySpan<byte> attribute)
    {
        var name = "";
        long? number = null;
        List<long> whole = [];
        List<float> real = [];
        List<string> texts = [];
        var reader = new ProtoReader(attribute);
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (OnnxFields.Attribute.Name, WireKind.Bytes):
                    name = reader.Text();
                    break;
                case (OnnxFields.Attribute.Int, WireKind.Varint):
                    number = (long)reader.Number;
                    break;
                case (OnnxFields.Attribute.Ints, WireKind.Varint):
                    whole.Add((long)reader.Number);
                    break;
                case (OnnxFields.Attribute.Ints, WireKind.Bytes):
                    Unpack(reader.Content, whole);
                    break;
                case (OnnxFields.Attribute.Floats, WireKind.Fixed32):
                    real.Add(BinaryPrimitives.ReadSingleLittleEndian(reader.Content));
                    break;
                case (OnnxFields.Attribute.Floats, WireKind.Bytes):
                    for (var rest = reader.Content; rest.Length >= sizeof(float); rest = rest[sizeof(float)..])
                    {
                        real.Add(BinaryPrimitives.ReadSingleLittleEndian(rest));
                    }

                    break;
                case (OnnxFields.Attribute.String or OnnxFields.Attribute.Strings, WireKind.Bytes):
                    texts.Add(reader.Text());
                    break;
            }
        }

        IsPlain &= Names.Add(name);
        integers[name] = whole;
        singles[name] = real;
        words[name] = texts;
        if (number is { } single)
        {
            numbers[name] = single;
        }
    }

    /// <summary>0 when it is not said.</summary>
    public long Integer(string name) => numbers.GetValueOrDefault(name);

    public IReadOnlyList<long> Integers(string name) => integers.GetValueOrDefault(name) ?? [];

    public IReadOnlyList<float> Singles(string name) => singles.GetValueOrDefault(name) ?? [];

    public IReadOnlyList<string> Words(string name) => words.GetValueOrDefault(name) ?? [];

    private static void Unpack(ReadOnlySpan<byte> packed, List<long> into)
    {
        var (number, shift) = (0UL, 0);
        foreach (var one in packed)
        {
            number |= shift < 64 ? (ulong)(one & 0x7F) << shift : 0;
            shift += 7;
            if (one < 0x80)
            {
                into.Add((long)number);
                (number, shift) = (0, 0);
            }
        }
    }
}
