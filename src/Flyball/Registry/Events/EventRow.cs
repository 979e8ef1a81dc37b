using System.Text.Json.Nodes;
using Flyball.Engine.Time;

namespace Flyball.Registry.Events;

/// <summary>A row of <c>registry_events</c>. Settable members, because databases differ in the width of their integers.</summary>
internal sealed class EventRow
{
    public const string Columns = "e.seq AS Seq, e.at_micros AS AtMicros, e.model AS Model, e.entity AS Entity, e.action AS Action, e.data AS Data, e.trace AS Trace";

    public long Seq { get; set; }

    public long AtMicros { get; set; }

    public string Model { get; set; } = "";

    public string Entity { get; set; } = "";

    public string Action { get; set; } = "";

    public string Data { get; set; } = "{}";

    /// <summary>The span that it happened in; null outside of any trace.</summary>
    public string? Trace { get; set; }

    public RegistryEvent ToEvent() => new(Seq, new EventTime(AtMicros).ToString(), Model, Entity, Action, (JsonObject)JsonNode.Parse(Data)!) { Trace = Trace };
}
