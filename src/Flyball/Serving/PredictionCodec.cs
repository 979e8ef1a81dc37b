using System.Text;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Serving.Degradation;

namespace Flyball.Serving;

/// <summary>
/// The bytes of a prediction record in the journal: a format byte, then fixed fields little-endian, texts and bytes with a 32-bit
/// length, features as a kind byte and eight bytes (a text: its length, then its bytes). Doubles keep their bits.
/// </summary>
public static class PredictionCodec
{
    /// <summary>As written once: a feature is nine bytes; there are no texts and no probabilities.</summary>
    private const byte PlainFormat = 1;

    /// <summary>As written once: a text among the features has its UTF-8 bytes behind its length; the probabilities of classes follow the features.</summary>
    private const byte TextFormat = 2;

    /// <summary>The same, and at the end where the features came from, the way of the request, share, caller and statuses.</summary>
    private const byte Format = 3;

    /// <summary>The same, and behind it the fields that took their declared values. Only of records that have some: all others are as they were.</summary>
    private const byte DefaultedFormat = 4;

    /// <summary>Set in the byte of the way: the request asked for the version by its number.</summary>
    private const byte ByName = 0x80;

    /// <summary>Features that are null have this kind.</summary>
    private const byte NullKind = 255;

    /// <summary>Kind and bits.</summary>
    private const int FeatureSize = 1 + 8;

    public static byte[] Encode(PredictionRecord record)
    {
        var size = 1 + 4 + 32 + 4 + 1 + 1 + 8 + 8 + 4 + 8 + 4
            + SizeOf(record.RequestId) + SizeOf(record.Model) + SizeOf(record.RolloutId) + SizeOf(record.Unit) + SizeOf(record.Decision)
            + 4 + record.Request.Length + 4 + (record.Features.Length * FeatureSize)
            + 4 + (record.Probabilities.Count * 4) + SizeOfTexts(record.Features)
            + 1 + 1 + 8 + SizeOf(record.Caller) + 4 + record.Statuses.Count
            + SizeOfDefaulted(record.Defaulted);
        var bytes = new byte[size];
        var at = new RecordWriter(bytes);
        at.Byte(record.Defaulted.Count > 0 ? DefaultedFormat : Format);
        at.Text(record.RequestId);
        at.Text(record.Model);
        at.Int(record.Version);
        at.Raw(record.Digest.ToBytes());
        at.Int(record.ChosenVersion);
        at.Text(record.RolloutId);
        at.Byte((byte)record.Arm);
        at.Byte((byte)record.Rung);
        at.Text(record.Unit);
        at.Long(record.Instant.Micros);
        at.Long(record.Horizon.Seq);
        at.Int(record.Request.Length);
        at.Raw(record.Request.Span);
        at.Int(record.Features.Length);
        foreach (var feature in record.Features)
        {
            at.Byte(feature.Kind is { } kind ? (byte)kind : NullKind);
            at.Long(feature.IsNull ? 0 : Bits(feature));
            if (feature.Kind == ScalarType.Text)
            {
                at.Raw(Encoding.UTF8.GetBytes(feature.AsText));
            }
        }

        at.Int(record.Probabilities.Count);
        foreach (var probability in record.Probabilities)
        {
            at.Int(BitConverter.SingleToInt32Bits(probability));
        }

        at.Int(BitConverter.SingleToInt32Bits(record.Raw));
        at.Long(BitConverter.DoubleToInt64Bits(record.Score));
        at.Text(record.Decision);
        at.Int(record.LatencyMicros);
        at.Byte((byte)record.Origin);
        at.Byte((byte)((byte)record.Route | (record.IsByName ? ByName : 0)));
        at.Long(BitConverter.DoubleToInt64Bits(record.Share));
        at.Text(record.Caller);
        at.Int(record.Statuses.Count);
        foreach (var status in record.Statuses)
        {
            at.Byte((byte)status);
        }

        WriteDefaulted(ref at, record.Defaulted);
        return at.Written == size ? bytes : throw new InvalidOperationException("The size of a prediction record was computed wrongly.");
    }

    /// <exception cref="InvalidDataException">The bytes are not a prediction record of a known format.</exception>
    public static PredictionRecord Decode(ReadOnlySpan<byte> bytes)
    {
        var at = new RecordReader(bytes);
        var format = at.Byte();
        if (format is not (PlainFormat or TextFormat or Format or DefaultedFormat))
        {
            throw new InvalidDataException("A prediction record has an unknown format.");
        }

        var record = new PredictionRecord
        {
            RequestId = at.Text()!,
            Model = at.Text()!,
            Version = at.Int(),
            Digest = Digest.FromBytes(at.Raw(32)),
            ChosenVersion = at.Int(),
            RolloutId = at.Text(),
            Arm = (Arm)at.Byte(),
            Rung = (Rung)at.Byte(),
            Unit = at.Text()!,
            Instant = new EventTime(at.Long()),
            Horizon = new Horizon(at.Long()),
            Request = at.Raw(at.Int()).ToArray(),
            Features = Features(ref at),
            Probabilities = format == PlainFormat ? [] : Probabilities(ref at),
            Raw = BitConverter.Int32BitsToSingle(at.Int()),
            Score = BitConverter.Int64BitsToDouble(at.Long()),
            Decision = at.Text(),
            LatencyMicros = at.Int(),
        };
        return format switch
        {
            Format => End(DecodeEnd(record, ref at), at),
            DefaultedFormat => End(DecodeEnd(record, ref at) with { Defaulted = ReadDefaulted(ref at) }, at),
            _ => End(record, at),
        };
    }

    private static PredictionRecord DecodeEnd(PredictionRecord record, ref RecordReader at)
    {
        var origin = (FeatureOrigin)at.Byte();
        var way = at.Byte();
        return record with
        {
            Origin = origin,
            Route = (PredictionRoute)(way & ~ByName),
            IsByName = (way & ByName) != 0,
            Share = BitConverter.Int64BitsToDouble(at.Long()),
            Caller = at.Text(),
            Statuses = Statuses(at.Raw(at.Int())),
        };
    }

    private static void WriteDefaulted(ref RecordWriter at, IReadOnlyList<string> fields)
    {
        if (fields.Count == 0)
        {
            return;
        }

        at.Int(fields.Count);
        foreach (var field in fields)
        {
            at.Text(field);
        }
    }

    private static string[] ReadDefaulted(ref RecordReader at)
    {
        var count = at.Int();
        if (count <= 0 || count > at.Left / 4)
        {
            throw new InvalidDataException("A prediction record is shorter than it says.");
        }

        var fields = new string[count];
        for (var i = 0; i < count; i++)
        {
            fields[i] = at.Text() ?? throw new InvalidDataException("A prediction record names a field without a name.");
        }

        return fields;
    }

    private static int SizeOfDefaulted(IReadOnlyList<string> fields) => fields.Count == 0 ? 0 : 4 + fields.Sum(SizeOf);

    private static PredictionRecord End(PredictionRecord record, RecordReader at) =>
        at.IsEmpty ? record : throw new InvalidDataException("A prediction record is longer than it says.");

    internal static long Bits(Value value) => value.Kind switch
    {
        ScalarType.Boolean => value.AsBoolean ? 1 : 0,
        ScalarType.Integer => value.AsInteger,
        ScalarType.Number => BitConverter.DoubleToInt64Bits(value.AsNumber),
        ScalarType.Text => Encoding.UTF8.GetByteCount(value.AsText),
        _ => throw new InvalidOperationException($"A feature of kind {value.Kind} cannot be logged."),
    };

    private static Value[] Features(ref RecordReader at)
    {
        var count = at.Int();
        if (count < 0 || count > at.Left / FeatureSize)
        {
            // Before the array is made: a damaged count must not ask for gigabytes.
            throw new InvalidDataException("A prediction record is shorter than it says.");
        }

        var features = new Value[count];
        for (var i = 0; i < features.Length; i++)
        {
            var kind = at.Byte();
            var bits = at.Long();
            features[i] = kind switch
            {
                NullKind => Value.Null,
                (byte)ScalarType.Boolean => Value.FromBoolean(bits != 0),
                (byte)ScalarType.Integer => Value.FromInteger(bits),
                (byte)ScalarType.Number => Value.FromNumber(BitConverter.Int64BitsToDouble(bits)),
                (byte)ScalarType.Text when bits is >= 0 and <= int.MaxValue => Value.FromText(Encoding.UTF8.GetString(at.Raw((int)bits))),
                _ => throw new InvalidDataException("A prediction record has a feature of unknown kind."),
            };
        }

        return features;
    }

    private static float[] Probabilities(ref RecordReader at)
    {
        var count = at.Int();
        if (count < 0 || count > at.Left / 4)
        {
            throw new InvalidDataException("A prediction record is shorter than it says.");
        }

        float[] probabilities = count == 0 ? [] : new float[count];
        for (var i = 0; i < count; i++)
        {
            probabilities[i] = BitConverter.Int32BitsToSingle(at.Int());
        }

        return probabilities;
    }

    private static FeatureStatus[] Statuses(ReadOnlySpan<byte> bytes)
    {
        FeatureStatus[] statuses = bytes.IsEmpty ? [] : new FeatureStatus[bytes.Length];
        for (var i = 0; i < statuses.Length; i++)
        {
            statuses[i] = (FeatureStatus)bytes[i];
        }

        return statuses;
    }

    private static int SizeOfTexts(Value[] values)
    {
        var size = 0;
        foreach (ref readonly var value in values.AsSpan())
        {
            size += value.Kind == ScalarType.Text ? Encoding.UTF8.GetByteCount(value.AsText) : 0;
        }

        return size;
    }

    private static int SizeOf(string? text) => 4 + (text is null ? 0 : Encoding.UTF8.GetByteCount(text));
}
