using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Flyball.Contracts.Inference;

/// <summary>Writes a draft as a contract file of the standard, version 3.1. The same draft gives the same text.</summary>
internal static class DraftText
{
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(string source, string file, long rows, IReadOnlyList<ColumnDraft> columns, IReadOnlyList<InferredFinding> findings)
    {
        var text = new StringBuilder();
        Line(text, 0, "# A draft from what one file held. Read it, decide on the rules of type text, then remove them.");
        Line(text, 0, "apiVersion: v3.1.0");
        Line(text, 0, "kind: DataContract");
        Line(text, 0, $"id: {Quote(source)}");
        Line(text, 0, $"name: {Quote(source)}");
        Line(text, 0, "version: 0.1.0");
        Line(text, 0, "status: draft");
        Line(text, 0, "description:");
        Line(text, 1, $"purpose: {Quote(string.Create(CultureInfo.InvariantCulture, $"Drafted from {rows:N0} rows of {file}."))}");
        Line(text, 0, "schema:");
        Line(text, 1, $"- name: {Quote(source)}");
        Line(text, 2, "logicalType: object");
        WriteNotes(text, 2, findings.Where(f => f.Column is null));
        Line(text, 2, "properties:");
        foreach (var column in columns)
        {
            WriteColumn(text, column, findings.Where(f => f.Column == column.Name));
        }

        return text.ToString();
    }

    private static void WriteColumn(StringBuilder text, ColumnDraft column, IEnumerable<InferredFinding> findings)
    {
        Line(text, 3, $"- name: {Quote(column.Name)}");
        if (column.Name != column.Seen.Name)
        {
            Line(text, 4, $"physicalName: {Quote(column.Seen.Name)}");
        }

        Line(text, 4, $"logicalType: {column.LogicalType}");
        WriteOptions(text, column);
        Line(text, 4, $"description: {Quote(ColumnDrafting.Describe(column))}");
        if (column.IsKey)
        {
            Line(text, 4, "primaryKey: true");
            Line(text, 4, "primaryKeyPosition: 1");
        }

        if (column.IsRequired)
        {
            Line(text, 4, "required: true");
        }

        if (column.Personal is not null)
        {
            Line(text, 4, "classification: personal");
        }

        if (column.IsEventTime)
        {
            Line(text, 4, "customProperties: [ { property: eventTime, value: true } ]");
        }

        WriteNotes(text, 4, findings, column.Allowed);
    }

    private static void WriteOptions(StringBuilder text, ColumnDraft column)
    {
        var options = new List<string>();
        if (column.TimeFormat is { } format)
        {
            options.Add($"format: {Quote(format)}");
            if (column.LogicalType == "timestamp" && column.Time!.Offset.Length == 0)
            {
                options.Add("defaultTimezone: UTC");
            }
        }

        if (column.Minimum is { } minimum)
        {
            options.Add($"minimum: {minimum.ToString(CultureInfo.InvariantCulture)}");
        }

        if (column.Maximum is { } maximum)
        {
            options.Add($"maximum: {maximum.ToString(CultureInfo.InvariantCulture)}");
        }

        if (column.Pattern is { } pattern)
        {
            options.Add($"pattern: {Quote(pattern)}");
        }

        if (options.Count > 0)
        {
            var reason = column.RangeReason is { } why ? $" # {why}" : "";
            Line(text, 4, $"logicalTypeOptions: {{ {string.Join(", ", options)} }}{reason}");
        }
    }

    private static void WriteNotes(StringBuilder text, int depth, IEnumerable<InferredFinding> findings, IReadOnlyList<string>? allowed = null)
    {
        var notes = findings.ToList();
        if (notes.Count == 0 && allowed is null or [])
        {
            return;
        }

        Line(text, depth, "quality:");
        if (allowed is { Count: > 0 })
        {
            Line(text, depth + 1, "- type: library");
            Line(text, depth + 2, "metric: invalidValues");
            Line(text, depth + 2, $"arguments: {{ validValues: [{string.Join(", ", allowed.Select(Quote))}] }}");
            Line(text, depth + 2, "mustBe: 0");
        }

        foreach (var note in notes)
        {
            Line(text, depth + 1, "- type: text");
            Line(text, depth + 2, $"name: {Quote(note.Kind)}");
            Line(text, depth + 2, $"description: {Quote(note.Message)}");
        }
    }

    private static void Line(StringBuilder text, int depth, string line) => text.Append(' ', depth * 2).Append(line).Append('\n');

    /// <summary>A JSON string is a YAML one.</summary>
    private static string Quote(string text) => JsonSerializer.Serialize(text, Quoting);
}
