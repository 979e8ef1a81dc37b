using Flyball.Architecture.Fixtures.Contracts;
using Flyball.Engine.Time;

namespace Flyball.Architecture.Fixtures.Dashboard;

/// <summary>A page that reads the engine and a stage where it should ask the client.</summary>
public sealed class ReachesBehind
{
    public EventTime At { get; } = new(0);

    public Earlier Earlier { get; } = new();
}
