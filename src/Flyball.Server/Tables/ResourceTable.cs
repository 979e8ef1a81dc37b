using System.Text.Json.Nodes;
using Spectre.Console;

namespace Flyball.Server.Tables;

/// <summary>An array of a server's answer as a table of chosen members.</summary>
internal static class ResourceTable
{
    private const int Widest = 40;

    public static Table Of(JsonArray rows, params ReadOnlySpan<string> members)
    {
        var table = new Table().Border(TableBorder.Minimal);
        foreach (var member in members)
        {
            table.AddColumn(member);
        }

        foreach (var row in rows.OfType<JsonObject>())
        {
            var cells = new string[members.Length];
            for (var i = 0; i < cells.Length; i++)
            {
                cells[i] = Markup.Escape(Cell(row[members[i]]));
            }

            table.AddRow(cells);
        }

        return table;
    }

    private static string Cell(JsonNode? node)
    {
        var text = node is JsonValue value && value.TryGetValue<string>(out var plain) ? plain : node?.ToJsonString() ?? "";
        return text.Length > Widest ? string.Concat(text.AsSpan(0, Widest), "…") : text;
    }
}
