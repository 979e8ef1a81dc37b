using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Flyball.Server.Operations;

/// <summary>Sends spans to a collector over OTLP. What it is made of is loaded only when an endpoint is given.</summary>
internal static class TraceExport
{
    /// <summary>The path of the protocol over HTTP, behind a collector's address.</summary>
    private const string TracePath = "v1/traces";

    /// <param name="endpoint">A collector that speaks OTLP over HTTP, such as <c>http://127.0.0.1:4318</c>; spans go in batches, and are dropped while it does not take them.</param>
    /// <param name="version">The program's.</param>
    public static IDisposable Start(Uri endpoint, string version) => Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("flyball", serviceVersion: version, autoGenerateServiceInstanceId: false))
        .AddSource(RequestTracing.SourceName)
        .AddSource("System.Net.Http")
        .SetSampler(new ParentBasedSampler(new AlwaysOnSampler()))
        .AddOtlpExporter(otlp =>
        {
            otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
            otlp.Endpoint = endpoint.AbsolutePath == "/" ? new Uri(endpoint, TracePath) : endpoint;
        })
        .Build();
}
