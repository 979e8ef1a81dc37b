using System.Buffers;
using System.Text.Json;
using Flyball.Engine.Problems;

namespace Flyball.Server.Protocols.Feast;

/// <summary>The body of <c>POST /push</c> and <c>/write-to-online-store</c>: rows by columns, their values still JSON.</summary>
/// <param name="Target">The source, or the view.</param>
/// <param name="Columns">Names and values.</param>
internal sealed record PushRequest(string Target, IReadOnlyList<(JsonEncodedText Name, List<ReadOnlyMemory<byte>> Values)> Columns)
{
    private const int MostColumns = 10_000;

    /// <summary>Where rows may go; here they go to one log, which serving and training both read.</summary>
    private static readonly string[] Stores = ["online", "offline", "online_and_offline"];

    public int Rows => Columns[0].Values.Count;

    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FlyballException">FLY3184: it is not of this shape.</exception>
    public static PushRequest Read(ReadOnlyMemory<byte> body, string target)
    {
        var json = new Utf8JsonReader(body.Span);
        FeastJson.Open(ref json);
        string? to = null;
        List<(JsonEncodedText, List<ReadOnlyMemory<byte>>)>? columns = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            switch (name)
            {
                case "df":
                    columns = ReadColumns(body, ref json);
                    break;
                case "to":
                    if (!Stores.Contains(FeastJson.Text(ref json, name)))
                    {
                        throw FeastJson.Wrong("to", "'to' is none of online, offline and online_and_offline.");
                    }

                    break;
                case "allow_registry_cache" or "transform_on_write":
                    // Either way the same: definitions are those in force, and features are folded as they are read.
                    FeastJson.Flag(ref json, name);
                    break;
                case var known when string.Equals(known, target, StringComparison.Ordinal):
                    to = FeastJson.Text(ref json, name);
                    break;
                default:
                    FeastJson.RefuseUnlessOff(ref json, name);
                    break;
            }
        }

        json.Read();
        return new PushRequest(to ?? throw FeastJson.Wrong(target, $"'{target}' is missing."), columns ?? throw FeastJson.Wrong("df", "'df' is missing."));
    }

    /// <summary>One row as a JSON object, in a buffer that is used again.</summary>
    public ReadOnlySpan<byte> Row(int row, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        foreach (var (name, values) in Columns)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(values[row].Span, skipInputValidation: true);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    private static List<(JsonEncodedText, List<ReadOnlyMemory<byte>>)> ReadColumns(ReadOnlyMemory<byte> body, ref Utf8JsonReader json)
    {
        var columns = new List<(JsonEncodedText Name, List<ReadOnlyMemory<byte>> Values)>();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw FeastJson.Wrong("df", "'df' is an object with a list of values for each column.");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName && columns.Count < MostColumns)
        {
            var name = json.GetString()!;
            json.Read();
            var values = new List<ReadOnlyMemory<byte>>();
            if (json.TokenType != JsonTokenType.StartArray)
            {
                throw FeastJson.Wrong($"df.{name}", "It is no list of values.");
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)json.TokenStartIndex;
                json.Skip();
                values.Add(body[start..(int)json.BytesConsumed]);
            }

            columns.Add((JsonEncodedText.Encode(name), values));
        }

        if (columns.Count == 0 || json.TokenType != JsonTokenType.EndObject)
        {
            throw FeastJson.Wrong("df", $"'df' has no column, or more than {MostColumns}.");
        }

        return columns.TrueForAll(c => c.Values.Count == columns[0].Values.Count)
            ? columns
            : throw FeastJson.Wrong("df", "The columns of 'df' are not of one length.");
    }
}
