using System.Text.Json.Nodes;
using Spectre.Console;

namespace Flyball.Server.Tables;

/// <summary>Gates as a table: what was asked, what was seen, whether it held.</summary>
internal static class GateTable
{
    public static Table Of(JsonArray gates)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumns("gate", "value", "bound", "ok", "detail");
        foreach (var gate in gates.OfType<JsonObject>())
        {
            var ok = gate["ok"]?.GetValue<bool>() == true;
            table.AddRow(
                Markup.Escape(gate["gate"]?.GetValue<string>() ?? ""),
                Number(gate["value"]),
                Number(gate["bound"]),
                ok ? "[green]yes[/]" : "[red]no[/]",
                Markup.Escape(gate["detail"]?.GetValue<string>() ?? ""));
        }

        return table;
    }

    private static string Number(JsonNode? node) => node is null ? "" : node.GetValue<double>().ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);
}
