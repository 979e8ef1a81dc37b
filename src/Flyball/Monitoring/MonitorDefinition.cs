using Flyball.Engine.Time;
using Flyball.Training;

namespace Flyball.Monitoring;

/// <summary>The section <c>monitor:</c> of a model.</summary>
/// <param name="Floor">Smallest population stability index that matters.</param>
/// <param name="Decay">By how much a metric may fall below its value on the frozen test rows before it is called decay.</param>
/// <param name="PerformanceMicros">Span of matured requests that performance is measured on.</param>
public sealed record MonitorDefinition(double Floor, double Decay, long PerformanceMicros)
{
    public static MonitorDefinition Default { get; } = new(0.1, 0.1, 7 * Clock.MicrosPerDay);

    public static MonitorDefinition Read(ModelPlan model)
    {
        if (model.Definition.Root.Section("monitor") is not { } section)
        {
            return Default;
        }

        var definition = new MonitorDefinition(
            section.Number("floor") ?? Default.Floor,
            section.Number("decay") ?? Default.Decay,
            section.Duration("performance_window") ?? Default.PerformanceMicros);
        section.Keep("kpi", "groups");
        section.Finish();
        return definition;
    }
}
