using Flyball.Contracts.Quality;
using Flyball.Engine.Time;
using Flyball.Projects;

namespace Flyball.Contracts.Windows;

/// <summary>Reads <c>window: { rows: 2000, every: 1h }</c>.</summary>
internal static class WindowReader
{
    private const int MostRows = 1_000_000;
    private const long LeastPeriod = 60_000_000;
    private const long MostPeriod = 31 * Clock.MicrosPerDay;

    public static WindowDefinition Read(YamlSection? section)
    {
        var usual = new WindowDefinition();
        if (section is null)
        {
            return usual;
        }

        var rows = section.Integer("rows") ?? usual.Rows;
        if (rows is < StatisticalGate.FewestRows or > MostRows)
        {
            section.Problems.Add("FLY1202", $"A window has {StatisticalGate.FewestRows} to {MostRows} rows.", section.At("rows"), "Write rows: 2000.");
            rows = usual.Rows;
        }

        var period = section.Duration("every") ?? usual.PeriodMicros;
        if (period is < LeastPeriod or > MostPeriod)
        {
            section.Problems.Add("FLY1202", "A window lasts from 1m to 31d.", section.At("every"), "Write every: 1h.");
        }

        section.Finish();
        return new WindowDefinition { Rows = (int)rows, PeriodMicros = period };
    }
}
