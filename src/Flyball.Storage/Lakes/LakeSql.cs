namespace Flyball.Storage.Lakes;

/// <summary>Names and texts as SQL writes them.</summary>
internal static class LakeSql
{
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
