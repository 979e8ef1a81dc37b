using System.Text;
using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Native.DuckDb;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// One column of a Parquet file, read to values of the contract by the rules of JSON rows: exactly or not at all, and a text is no number.
/// A timestamp without a zone is UTC, as Parquet's own writers take it.
/// </summary>
internal sealed class ParquetColumn
{
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>From here on not every whole number is a double.</summary>
    private const double LargestExact = 9007199254740992;

    private readonly DuckDbType type;
    private readonly bool isDecimal;

    /// <param name="column">As the file has it.</param>
    /// <param name="ordinal">Its place in the file.</param>
    public ParquetColumn(DuckDbColumn column, int ordinal)
    {
        (Name, Ordinal) = (column.Name, ordinal);
        IsNested = column.Type is DuckDbType.List or DuckDbType.Struct or DuckDbType.Map or DuckDbType.Union or DuckDbType.Array;
        isDecimal = column.Type is DuckDbType.Decimal or DuckDbType.HugeInt or DuckDbType.UHugeInt;
        var asText = isDecimal || column.Type is DuckDbType.Uuid or DuckDbType.Enum or DuckDbType.Time or DuckDbType.TimeTz or DuckDbType.Interval or DuckDbType.Bit;
        type = asText ? DuckDbType.VarChar : column.Type;
        var quoted = $"\"{Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        Sql = asText ? $"CAST({quoted} AS VARCHAR)" : quoted;
    }

    public string Name { get; }

    public int Ordinal { get; }

    /// <summary>Its expression in the query.</summary>
    public string Sql { get; }

    /// <summary>Lists and records have no place in a row.</summary>
    public bool IsNested { get; }

    /// <summary>Reads a value that is not null; a null problem means that it is good.</summary>
    public Problem? Read(FieldPlan field, DuckDbChunk from, int row, out Value value)
    {
        value = default;
        switch (field.Type)
        {
            case ScalarType.Boolean when type == DuckDbType.Boolean:
                value = Value.FromBoolean(from.Column<bool>(Ordinal)[row]);
                return null;
            case ScalarType.Integer or ScalarType.Number when isDecimal:
                return ValueReader.Read(field, from.Utf8(Ordinal, row), out value);
            case ScalarType.Integer when TryInteger(from, row, out var integer, out var isBeyond):
                value = Value.FromInteger(integer);
                return isBeyond ? field.Problems.Overflow : null;
            case ScalarType.Integer when TryDouble(from, row, out var number):
                return WholeNumber(field, number, out value);
            case ScalarType.Number when TryDouble(from, row, out var number):
                value = Value.FromNumber(number);
                return double.IsFinite(number) ? null : field.Problems.Overflow;
            case ScalarType.Number when TryInteger(from, row, out var integer, out var isBeyond):
                value = Value.FromNumber(integer);
                return isBeyond || (Int128)(double)integer != integer ? field.Problems.Overflow : null;
            case ScalarType.Text when type is DuckDbType.VarChar or DuckDbType.Blob && !isDecimal:
                return ValueReader.Read(field, from.Utf8(Ordinal, row), out value);
            case ScalarType.Timestamp:
                return ReadTime(field, from, row, out value);
            default:
                return field.Problems.WrongType;
        }
    }

    /// <summary>A point in time: a timestamp of any unit, or a text with an offset.</summary>
    public bool TryReadTime(DuckDbChunk from, int row, out long micros)
    {
        micros = 0;
        switch (type)
        {
            case DuckDbType.Timestamp or DuckDbType.TimestampTz:
                micros = from.Column<long>(Ordinal)[row];
                break;
            case DuckDbType.TimestampMillis:
                return Scaled(from.Column<long>(Ordinal)[row], 1_000, out micros);
            case DuckDbType.TimestampSeconds:
                return Scaled(from.Column<long>(Ordinal)[row], 1_000_000, out micros);
            case DuckDbType.TimestampNanos:
                // Digits after the sixth are dropped, as in texts.
                micros = Math.DivRem(from.Column<long>(Ordinal)[row], 1_000, out var rest) - (rest < 0 ? 1 : 0);
                break;
            case DuckDbType.VarChar when !isDecimal:
                return Rfc3339.TryRead(from.Utf8(Ordinal, row), out micros);
            default:
                return false;
        }

        return Rfc3339.IsInRange(micros);
    }

    /// <summary>About how many bytes a value takes; it decides where a batch ends, so it follows from the file alone.</summary>
    public int SizeOf(DuckDbChunk from, int row) => type is DuckDbType.VarChar or DuckDbType.Blob ? from.Utf8(Ordinal, row).Length + 8 : 8;

    public void Write(Utf8JsonWriter json, DuckDbChunk from, int row)
    {
        if (from.IsNull(Ordinal, row))
        {
            json.WriteNullValue();
        }
        else if (type == DuckDbType.Boolean)
        {
            json.WriteBooleanValue(from.Column<bool>(Ordinal)[row]);
        }
        else if (TryInteger(from, row, out var integer, out var isBeyond) && !isBeyond)
        {
            json.WriteNumberValue(integer);
        }
        else if (TryDouble(from, row, out var number) && double.IsFinite(number))
        {
            json.WriteNumberValue(number);
        }
        else if (type is DuckDbType.VarChar or DuckDbType.Blob)
        {
            json.WriteStringValue(Encoding.UTF8.GetString(from.Utf8(Ordinal, row)));
        }
        else if (TryReadTime(from, row, out var micros))
        {
            Span<byte> text = stackalloc byte[Rfc3339.LongestText];
            json.WriteStringValue(text[..Rfc3339.Write(micros, text)]);
        }
        else if (type == DuckDbType.Date && Scaled(from.Column<int>(Ordinal)[row], MicrosPerDay, out var midnight))
        {
            Span<byte> text = stackalloc byte[Rfc3339.LongestText];
            json.WriteStringValue(text[..Rfc3339.WriteDate(midnight, text)]);
        }
        else
        {
            json.WriteStringValue($"({type})");
        }
    }

    private static bool Scaled(long ticks, long micros, out long scaled)
    {
        scaled = unchecked(ticks * micros);
        return Math.BigMul(ticks, micros, out _) == scaled >> 63 && Rfc3339.IsInRange(scaled);
    }

    private static Problem? WholeNumber(FieldPlan field, double number, out Value value)
    {
        value = Value.FromInteger(Math.Abs(number) <= LargestExact ? (long)number : 0);
        return !double.IsFinite(number) || number != Math.Truncate(number) ? field.Problems.WrongType
            : Math.Abs(number) > LargestExact ? field.Problems.Overflow
            : null;
    }

    private Problem? ReadTime(FieldPlan field, DuckDbChunk from, int row, out Value value)
    {
        value = default;
        if (type == DuckDbType.Date)
        {
            // Days that are far away do not fit into microseconds: they are refused, and do not come round again.
            var isInRange = Scaled(from.Column<int>(Ordinal)[row], MicrosPerDay, out var midnight);
            value = Value.FromTimestamp(midnight);
            return !field.IsDate ? field.Problems.WrongType : isInRange ? null : field.Problems.TimeForm;
        }

        if (type == DuckDbType.VarChar)
        {
            return isDecimal ? field.Problems.WrongType : ValueReader.Read(field, from.Utf8(Ordinal, row), out value);
        }

        if (type is not (DuckDbType.Timestamp or DuckDbType.TimestampTz or DuckDbType.TimestampMillis or DuckDbType.TimestampSeconds or DuckDbType.TimestampNanos))
        {
            return field.Problems.WrongType;
        }

        var good = TryReadTime(from, row, out var micros) && (!field.IsDate || micros % MicrosPerDay == 0);
        value = Value.FromTimestamp(micros);
        return good ? null : field.Problems.TimeForm;
    }

    private bool TryDouble(DuckDbChunk from, int row, out double number)
    {
        number = type switch
        {
            DuckDbType.Double => from.Column<double>(Ordinal)[row],
            DuckDbType.Float => from.Column<float>(Ordinal)[row],
            _ => 0,
        };
        return type is DuckDbType.Double or DuckDbType.Float;
    }

    private bool TryInteger(DuckDbChunk from, int row, out long integer, out bool isBeyond)
    {
        isBeyond = false;
        switch (type)
        {
            case DuckDbType.TinyInt:
                integer = from.Column<sbyte>(Ordinal)[row];
                return true;
            case DuckDbType.SmallInt:
                integer = from.Column<short>(Ordinal)[row];
                return true;
            case DuckDbType.Integer:
                integer = from.Column<int>(Ordinal)[row];
                return true;
            case DuckDbType.BigInt:
                integer = from.Column<long>(Ordinal)[row];
                return true;
            case DuckDbType.UTinyInt:
                integer = from.Column<byte>(Ordinal)[row];
                return true;
            case DuckDbType.USmallInt:
                integer = from.Column<ushort>(Ordinal)[row];
                return true;
            case DuckDbType.UInteger:
                integer = from.Column<uint>(Ordinal)[row];
                return true;
            case DuckDbType.UBigInt:
                var wide = from.Column<ulong>(Ordinal)[row];
                isBeyond = wide > long.MaxValue;
                integer = isBeyond ? 0 : (long)wide;
                return true;
            default:
                integer = 0;
                return false;
        }
    }
}
