using System.Text.Json;

namespace Flyball.Contracts.Inference;

/// <summary>One JSON object a line; empty lines are passed over.</summary>
internal sealed class JsonLinesRecords(Stream stream, string name) : RecordFile
{
    private readonly StreamReader lines = new(stream);
    private readonly List<string> columns = [];
    private readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);
    private readonly List<int> written = [];
    private int line;

    public override IReadOnlyList<string> Columns => columns;

    public override bool Next(List<Cell> row)
    {
        string? text;
        do
        {
            text = Guard(name, lines.ReadLine);
            line++;
        }
        while (text is not null && string.IsNullOrWhiteSpace(text));

        row.Clear();
        if (text is null)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                Read(document.RootElement, row);
                return true;
            }
        }
        catch (JsonException)
        {
            // Told below, without the reader's message, which may repeat what stands there.
        }

        throw Unusable(name, $"Line {line} is not a JSON object.");
    }

    public override void Dispose() => lines.Dispose();

    private void Read(JsonElement record, List<Cell> row)
    {
        row.AddRange(Enumerable.Repeat(Cell.Absent, columns.Count));
        foreach (var member in record.EnumerateObject())
        {
            if (!positions.TryGetValue(member.Name, out var at))
            {
                at = columns.Count < MostColumns ? columns.Count : throw Unusable(name, $"The file has more than {MostColumns} columns.");
                positions.Add(member.Name, at);
                columns.Add(member.Name);
                row.Add(Cell.Absent);
                written.Add(0);
            }

            if (written[at] == line)
            {
                throw Unusable(name, $"Line {line} has a name twice.");
            }

            written[at] = line;
            row[at] = Of(member.Value);
        }
    }

    private static Cell Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => Cell.Absent,
        JsonValueKind.String => new Cell(CellKind.Text, value.GetString()),
        JsonValueKind.Number => new Cell(CellKind.Number, value.GetRawText()),
        JsonValueKind.True => new Cell(CellKind.Boolean, "true"),
        JsonValueKind.False => new Cell(CellKind.Boolean, "false"),
        _ => new Cell(CellKind.Nested, value.GetRawText()),
    };
}
