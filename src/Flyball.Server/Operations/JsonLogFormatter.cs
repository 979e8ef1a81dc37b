using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Flyball.Server.Operations;

/// <summary>A log record as one line of JSON: time, level, category, event, message, what failed, and the request and trace it belongs to.</summary>
internal sealed class JsonLogFormatter(TimeProvider time) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "flyball-json";

    /// <summary>For readers of logs, not for pages: only what JSON itself forbids is escaped.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        ArgumentNullException.ThrowIfNull(textWriter);
        var line = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(line, Plain))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", NameOf(logEntry.LogLevel));
            json.WriteString("category", logEntry.Category);
            json.WriteNumber("event", logEntry.EventId.Id);
            json.WriteString("message", logEntry.Formatter?.Invoke(logEntry.State, logEntry.Exception) ?? logEntry.State?.ToString());
            if (logEntry.Exception is { } failure)
            {
                json.WriteString("exception", failure.ToString());
            }

            scopeProvider?.ForEachScope(WriteScope, json);
            if (Activity.Current is { } activity)
            {
                json.WriteString("trace_id", activity.TraceId.ToHexString());
                json.WriteString("span_id", activity.SpanId.ToHexString());
            }

            json.WriteEndObject();
        }

        textWriter.Write(Encoding.UTF8.GetString(line.WrittenSpan));
        textWriter.Write('\n');
    }

    /// <summary>The request's id; frameworks open scopes of their own, which are left out.</summary>
    private static void WriteScope(object? scope, Utf8JsonWriter json)
    {
        if (scope is KeyValuePair<string, object?> { Key: LogTerms.RequestId } named)
        {
            json.WriteString(LogTerms.RequestId, named.Value?.ToString());
        }
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "information",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
