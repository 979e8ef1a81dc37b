using System.Globalization;

namespace Flyball.Engine.Problems;

/// <summary>Where a problem was seen. Each part is optional; lines and columns count from 1.</summary>
public sealed record ProblemLocation(string? File = null, int? Line = null, int? Column = null, string? Field = null)
{
    public override string ToString()
    {
        var place = File ?? "";
        if (Line is { } line)
        {
            place += string.Create(CultureInfo.InvariantCulture, $"({line},{Column ?? 1})");
        }

        return Field is null ? place : place.Length == 0 ? Field : $"{place} {Field}";
    }
}
