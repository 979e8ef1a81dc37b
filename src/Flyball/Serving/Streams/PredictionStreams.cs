using System.Diagnostics.Metrics;
using Flyball.Contracts;
using Flyball.Engine.Time;
using Flyball.Training;
using Flyball.Workspaces;
using Microsoft.Extensions.Logging;

namespace Flyball.Serving.Streams;

/// <summary>The output streams of the applied models, and what keeps them going. A host lives with one project: what is declared does not change.</summary>
internal sealed class PredictionStreams : IDisposable
{
    private readonly List<(OutputStream Stream, StreamPump Pump)> all = [];
    private readonly Meter meter;
    private readonly EventLog events;
    private readonly TimeProvider time;

    public PredictionStreams(Workspace workspace, PredictionDesk desk, StreamSource source, StreamJournal journal, IMeterFactory meters)
    {
        (events, time) = (source.Events, workspace.Time);
        foreach (var model in source.Project.Current.Models.Keys.Order(StringComparer.Ordinal))
        {
            if (source.Predictor.DefinitionOf(model).Stream is { } definition)
            {
                var stream = new OutputStream(definition.Output, model);
                all.Add((stream, new StreamPump(stream, journal, events, workspace, desk)));
            }
        }

        meter = meters.Create("Flyball.Serving.Streams");
        meter.CreateObservableGauge("flyball.stream.lag.seconds", () => Measure(s => LagOf(s)), "s", "Since when the oldest event waits that a stream of predictions has not dealt with.");
        meter.CreateObservableGauge("flyball.stream.behind", () => Measure(s => (double)BehindOf(s)), "{record}", "Records of the event log behind the position of a stream of predictions.");
        meter.CreateObservableCounter("flyball.stream.predictions", () => Measure(s => (double)s.Predicted), "{prediction}", "Predictions of a stream since the start.");
        meter.CreateObservableCounter("flyball.stream.unanswered", () => Measure(s => (double)s.Unanswered), "{event}", "Events of a stream that nothing could answer, since the start.");
    }

    /// <summary>In the order of their models.</summary>
    public IEnumerable<OutputStream> All => all.Select(s => s.Stream);

    /// <summary>Whether some event may wait.</summary>
    public bool HasWork => all.Exists(s => s.Stream.Position < events.Applied);

    public OutputStream? Find(string output) => All.FirstOrDefault(s => s.Output == output);

    /// <summary>Records of the event log behind a stream's position.</summary>
    public long BehindOf(OutputStream stream) => Math.Max(0, events.Applied.Seq - stream.Position.Seq);

    /// <summary>Since when the oldest event waits, in seconds.</summary>
    public double LagOf(OutputStream stream) =>
        stream.WaitsSince is { } since ? Math.Max(0, (EventTime.From(time.GetUtcNow()).Micros - since) / 1e6) : 0;

    /// <summary>Lets each stream deal with what waits. One that fails is logged, and does not stop the others.</summary>
    /// <returns>How many events were dealt with.</returns>
    public async Task<int> PumpAsync(ILogger log, CancellationToken cancellation)
    {
        var done = 0;
        foreach (var (stream, pump) in all)
        {
            try
            {
                done += await pump.PumpAsync(cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                Log.StreamFailed(log, stream.Output, e);
            }
        }

        return done;
    }

    public void Dispose() => meter.Dispose();

    private IEnumerable<Measurement<double>> Measure(Func<OutputStream, double> what) =>
        All.Select(s => new Measurement<double>(what(s), new KeyValuePair<string, object?>("stream", s.Output)));
}

/// <summary>What streams are made from: the project, its serve sections, and the events.</summary>
internal sealed record StreamSource(ActiveProject Project, Predictor Predictor, EventLog Events);
