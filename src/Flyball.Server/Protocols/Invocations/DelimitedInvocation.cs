using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using CsvHelper;
using Flyball.Contracts;

namespace Flyball.Server.Protocols.Invocations;

/// <summary>Reads <c>text/csv</c>: a line of names, then a row a line; an empty cell is a value that is missing.</summary>
internal static class DelimitedInvocation
{
    public const string Shape = "csv";

    private static readonly CsvReaderOptions Form = new() { Separator = ',', HasHeader = false, MaxRecordSize = InvocationRefusals.MostBytes, IncludeValuesInExceptions = false };
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="Engine.Problems.FlyballException">FLY3409: it is no such text.</exception>
    public static InvocationRequest Read(ContractPlan contract, ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
        {
            throw InvocationRefusals.Shape(Shape, "The body is not UTF-8.");
        }

        try
        {
            using var stream = new MemoryStream(body.ToArray(), writable: false);
            using var reader = CsvReader.Create(stream, Form, leaveOpen: true);
            if (!reader.Read())
            {
                throw InvocationRefusals.Shape(Shape, "The body has no line of names.");
            }

            string[] names = [.. Cells(reader).Select(n => n.Trim().TrimStart('\uFEFF'))];
            var length = names.Sum(n => (long)Encoding.UTF8.GetByteCount(n));
            var rows = new List<ReadOnlyMemory<byte>>();
            while (reader.Read())
            {
                if (reader.FieldCount != names.Length)
                {
                    throw InvocationRefusals.Shape(FormattableString.Invariant($"{Shape}[{rows.Count}]"), FormattableString.Invariant($"The row has {reader.FieldCount} cells, and there are {names.Length} names."));
                }

                InvocationRefusals.CheckTable(Shape, rows.Count + 1, length);
                rows.Add(Row(contract, names, [.. Cells(reader)]));
            }

            return rows.Count == 0 ? throw InvocationRefusals.Rows(Shape, 0) : new InvocationRequest(Shape, rows, WithDetails: false, []);
        }
        catch (CsvFormatException e)
        {
            throw new Engine.Problems.FlyballException(InvocationRefusals.Shape(Shape, "The body is no table of comma-separated values.").Problem, e);
        }
    }

    private static IEnumerable<string> Cells(CsvReader reader) => Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetString(i));

    private static ReadOnlyMemory<byte> Row(ContractPlan contract, string[] names, string[] cells)
    {
        using var bytes = new MemoryStream();
        using var json = new Utf8JsonWriter(bytes, Plain);
        json.WriteStartObject();
        for (var c = 0; c < names.Length; c++)
        {
            if (cells[c].Length == 0)
            {
                continue;
            }

            json.WritePropertyName(names[c]);
            Write(json, contract.ColumnOf(names[c]) is >= 0 and var column ? contract.Definition.Fields[column].Kind : FieldKind.Text, cells[c]);
        }

        json.WriteEndObject();
        json.Flush();
        return bytes.ToArray();
    }

    /// <summary>The cell as JSON of the field's type; what cannot be that stays a text, which the contract's reader refuses.</summary>
    private static void Write(Utf8JsonWriter json, FieldKind kind, string cell)
    {
        if (kind is FieldKind.Integer or FieldKind.Number && IsJsonNumber(cell))
        {
            json.WriteRawValue(cell, skipInputValidation: true);
        }
        else if (kind == FieldKind.Boolean && (cell is "1" or "0" || bool.TryParse(cell, out _)))
        {
            json.WriteBooleanValue(cell == "1" || cell.Equals("true", StringComparison.OrdinalIgnoreCase));
        }
        else if (kind >= FieldKind.Object && IsJson(cell))
        {
            json.WriteRawValue(cell, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(cell);
        }
    }

    private static bool IsJsonNumber(string cell) => (char.IsAsciiDigit(cell[0]) || cell[0] == '-') && IsJson(cell);

    private static bool IsJson(string cell)
    {
        try
        {
            using var read = JsonDocument.Parse(cell);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
