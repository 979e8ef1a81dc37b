using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using CsvHelper;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Quarantine;

/// <summary>
/// Decides what is kept of the rows of a batch that are put aside: all of a row up to a bound, and less when a batch has many long ones. Where
/// the contract holds personal fields, they are replaced one by one in a row that can be read, and a row that cannot is withheld whole:
/// nobody knows which of its bytes are a person. Not thread-safe.
/// </summary>
/// <param name="plan">The contract.</param>
/// <param name="beside">The column of known-at that rows have beside the contract: it is kept apart from what was sent. Null for none.</param>
internal sealed class OriginalKeeper(ContractPlan plan, string? beside = null)
{
    /// <summary>Of a row of a batch whose rows have used up <see cref="MostOfBatch"/>.</summary>
    private const int ShortOriginal = 1_024;

    /// <summary>A batch has to fit into one frame of the journal, in which a byte may take six.</summary>
    private const int MostOfBatch = 4 << 20;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private int room = MostOfBatch;
    private bool isKept;

    public void Clear() => room = MostOfBatch;

    /// <summary>What should have been the JSON text of a row.</summary>
    public KeptOriginal Json(ReadOnlySpan<byte> original)
    {
        if (!plan.HoldsPersonal)
        {
            return Bounded(KeptForm.Json, original, null);
        }

        var masked = Utf8.IsValid(original) ? MaskJson(original) : null;
        return masked is null ? Withheld(original) : Bounded(KeptForm.Json, masked.WrittenSpan, null) with { Bytes = original.Length };
    }

    /// <summary>What is no row at all.</summary>
    public KeptOriginal Unread(ReadOnlySpan<byte> original) => plan.HoldsPersonal ? Withheld(original) : Bounded(KeptForm.Text, original, null);

    /// <summary>The present row of a delimited file, with as many fields as its header.</summary>
    public KeptOriginal Delimited(ReadOnlySpan<int> columns, CsvReader file)
    {
        var original = file.RawRecord;
        if (!Utf8.IsValid(original))
        {
            return Unread(original);
        }

        var cells = new ArrayBufferWriter<byte>(original.Length + 64);
        using (var writer = new Utf8JsonWriter(cells, Options))
        {
            writer.WriteStartObject();
            for (var i = 0; i < columns.Length; i++)
            {
                if (columns[i] < 0)
                {
                    // Beside the contract: it says when the row was known, and a release has a time of its own.
                    continue;
                }

                WriteCell(writer, columns[i], file.GetSpan(i));
            }

            writer.WriteEndObject();
        }

        var text = System.Text.Encoding.UTF8.GetString(cells.WrittenSpan);
        return plan.HoldsPersonal
            ? Bounded(KeptForm.Delimited, cells.WrittenSpan, text) with { Bytes = original.Length }
            : Bounded(KeptForm.Delimited, original, text);
    }

    /// <summary>
    /// What may be shown of a row that was kept, by the contract as it is now: a field may have become personal since. Null when nothing may.
    /// </summary>
    public string? Shown(QuarantinedRow row)
    {
        if (row.Form == KeptForm.Withheld || !plan.HoldsPersonal)
        {
            return row.Form == KeptForm.Withheld ? null : row.Original;
        }

        var json = row.Form is KeptForm.Json or KeptForm.Stored ? row.Original : row.Cells;
        if (json is null)
        {
            return null;
        }

        return ShownJson(System.Text.Encoding.UTF8.GetBytes(json));
    }

    /// <summary>The same for a row in stored form, such as a held one.</summary>
    public string? ShownJson(ReadOnlySpan<byte> row)
    {
        if (!plan.HoldsPersonal)
        {
            return System.Text.Encoding.UTF8.GetString(row);
        }

        isKept = true;
        var masked = MaskJson(row);
        isKept = false;
        return masked is null ? null : System.Text.Encoding.UTF8.GetString(masked.WrittenSpan);
    }

    private void WriteCell(Utf8JsonWriter writer, int column, ReadOnlySpan<byte> text)
    {
        var field = plan.Fields[column];
        if (field.Privacy == PrivacyTreatment.Keep || text.IsEmpty)
        {
            if (field is { IsJson: true, HidesNames: true } && HoldsForeign(field, text))
            {
                writer.WriteString(field.EncodedName, Mask.Withheld(text.Length));
            }
            else
            {
                writer.WriteString(field.EncodedName, text);
            }

            return;
        }

        var isGood = ValueReader.Read(field, text, out var value) is null && IsAllowed(field, value);
        writer.WriteString(field.EncodedName, isGood ? Replaced(column, value) : Mask.Withheld(text.Length));
    }

    /// <summary>The row with its personal values replaced; null when it is not one JSON object.</summary>
    private ArrayBufferWriter<byte>? MaskJson(ReadOnlySpan<byte> original)
    {
        var masked = new ArrayBufferWriter<byte>(original.Length + 64);
        using var writer = new Utf8JsonWriter(masked, Options);
        var reader = new Utf8JsonReader(original, RowReader.Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            writer.WriteStartObject();
            for (var position = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; position++)
            {
                var name = reader.GetString()!;
                var column = plan.ColumnOf(name);
                reader.Read();
                if (column < 0 && string.Equals(name, beside, StringComparison.Ordinal))
                {
                    reader.Skip();
                    continue;
                }

                WriteMember(writer, column, position, ref reader, original);
            }

            writer.WriteEndObject();
            if (reader.Read())
            {
                return null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Broken, or a text with a lone surrogate.
            return null;
        }

        writer.Flush();
        return masked;
    }

    private void WriteMember(Utf8JsonWriter writer, int column, int position, ref Utf8JsonReader reader, ReadOnlySpan<byte> original)
    {
        var start = (int)reader.TokenStartIndex;
        var field = column < 0 ? null : plan.Fields[column];
        if (field is { Privacy: PrivacyTreatment.Keep })
        {
            reader.Skip();
            writer.WritePropertyName(field.EncodedName);
            var written = original[start..(int)reader.BytesConsumed];
            if (field.IsJson && HoldsForeign(field, written))
            {
                writer.WriteStringValue(Mask.Withheld(written.Length));
            }
            else
            {
                writer.WriteRawValue(written, skipInputValidation: true);
            }

            return;
        }

        string? text = null;
        if (field is not null && reader.TokenType == JsonTokenType.Null)
        {
            writer.WriteNull(field.EncodedName);
            return;
        }

        if (isKept && reader.TokenType == JsonTokenType.String && reader.GetString() is { } replaced && IsReplacement(field, replaced))
        {
            text = replaced;
        }
        else if (field is not null && TryRead(field, ref reader, out var value) && IsAllowed(field, value))
        {
            text = Replaced(column, value);
        }

        reader.Skip();
        writer.WriteString(field?.Name ?? Mask.Name(position), text ?? Mask.Withheld((int)reader.BytesConsumed - start));
    }

    /// <summary>A member that is not the contract's stands inside, as a field may that is not in the contract: nobody knows whether it is a person.</summary>
    private static bool HoldsForeign(FieldPlan field, ReadOnlySpan<byte> json)
    {
        var problems = new RowProblems();
        var reader = new Utf8JsonReader(json, RowReader.Options);
        try
        {
            return reader.Read() && reader.TokenType != JsonTokenType.Null && !NestedReader.Read(field, ref reader, stored: false, problems, out _)
                && (problems.Count > RowProblems.Most || problems.ToList().Any(p => p.Code == "FLY3105"));
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static bool TryRead(FieldPlan field, ref Utf8JsonReader reader, out Value value) => field.IsJson
        ? NestedReader.Read(field, ref reader, stored: false, new RowProblems(), out value)
        : ValueReader.Read(field, ref reader, stored: false, out value) is null;

    private static bool IsReplacement(FieldPlan? field, string text) =>
        Mask.IsWithheld(text) || (field?.Privacy == PrivacyTreatment.Tokenise && Tokeniser.IsToken(text)) || (field?.Privacy == PrivacyTreatment.Drop && text == Mask.Dropped);

    private string Replaced(int column, Value value) =>
        plan.Fields[column].Privacy == PrivacyTreatment.Drop ? Mask.Dropped : plan.Protect(column, value).AsText;

    private static bool IsAllowed(FieldPlan field, in Value value)
    {
        foreach (var check in field.Checks)
        {
            if (!check.Holds(value))
            {
                return false;
            }
        }

        return true;
    }

    private KeptOriginal Withheld(ReadOnlySpan<byte> original) =>
        new(KeptForm.Withheld, "", IsExact: false, original.Length, Digest: plan.TokensOrFail().Of(original));

    private KeptOriginal Bounded(KeptForm form, ReadOnlySpan<byte> utf8, string? cells)
    {
        var kept = KeptOriginal.Of(form, utf8, room > 0 ? QuarantinedRow.LongestOriginal : ShortOriginal, cells);
        room -= kept.Text.Length + (kept.Cells?.Length ?? 0);
        return kept;
    }
}
