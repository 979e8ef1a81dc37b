using System.Text.Json;
using Flyball.Engine.Problems;

namespace Flyball.Server.Protocols.Invocations;

/// <summary>Reads the four shapes of JSON. Values stay as they were written: the contract's reader judges them.</summary>
internal sealed class JsonInvocation
{
    private const string Split = "dataframe_split";
    private const string Records = "dataframe_records";
    private const string Instances = "instances";
    private const string Inputs = "inputs";

    /// <summary>More names of parameters that mean nothing here say nothing more.</summary>
    private const int MostTold = 16;

    private readonly ReadOnlyMemory<byte> body;
    private readonly List<string> ignored = [];
    private string? shape;
    private List<ReadOnlyMemory<byte>> rows = [];
    private bool withDetails;

    private JsonInvocation(ReadOnlyMemory<byte> body) => this.body = body;

    /// <exception cref="FlyballException">FLY3001: it is no JSON. FLY3409: it is none of the shapes, or several.</exception>
    public static InvocationRequest Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            var request = new JsonInvocation(body);
            request.ReadObject();
            return new InvocationRequest(
                request.shape ?? throw InvocationRefusals.Shape("", $"The request has none of {Split}, {Records}, {Instances} and {Inputs}."), request.rows, request.withDetails, request.ignored);
        }
        catch (JsonException e)
        {
            throw new FlyballException(new Problem("FLY3001", $"The body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."), e);
        }
    }

    private void ReadObject()
    {
        var json = new Utf8JsonReader(body.Span);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw InvocationRefusals.Shape("", "The request is not a JSON object.");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            if (name == "params")
            {
                ReadParameters(ref json);
                continue;
            }

            if (name is not (Split or Records or Instances or Inputs))
            {
                throw InvocationRefusals.Shape(name.Length > 64 ? name[..64] : name, "The member is not known here.", $"Send one of {Split}, {Records}, {Instances} and {Inputs}, and params.");
            }

            if (shape is not null)
            {
                throw InvocationRefusals.Shape(name, $"The request has {shape} already.", "Send one of the four shapes.");
            }

            shape = name;
            rows = name == Split ? ReadSplit(ref json) : json.TokenType == JsonTokenType.StartObject && name == Inputs ? ReadColumns(ref json) : ReadRecords(ref json, name);
            if (rows.Count is 0 or > InvocationRefusals.MostRows)
            {
                throw InvocationRefusals.Rows(name, rows.Count);
            }
        }

        // Whatever follows the object is refused by the reader.
        json.Read();
    }

    private void ReadParameters(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw InvocationRefusals.Shape("params", "'params' is no object.");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            if (name != "details")
            {
                if (ignored.Count < MostTold)
                {
                    ignored.Add(name.Length > 64 ? name[..64] : name);
                }

                json.Skip();
            }
            else if (json.TokenType is JsonTokenType.True or JsonTokenType.False)
            {
                withDetails = json.GetBoolean();
            }
            else
            {
                throw InvocationRefusals.Shape("params.details", "'details' is neither true nor false.");
            }
        }
    }

    private List<ReadOnlyMemory<byte>> ReadRecords(ref Utf8JsonReader json, string name)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            throw InvocationRefusals.Shape(name, $"'{name}' is no list of objects.");
        }

        var found = new List<ReadOnlyMemory<byte>>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                throw InvocationRefusals.Shape(FormattableString.Invariant($"{name}[{found.Count}]"), "The row is no object: the model's fields have names.");
            }

            found.Add(Value(ref json));
        }

        return found;
    }

    private List<ReadOnlyMemory<byte>> ReadSplit(ref Utf8JsonReader json)
    {
        List<JsonEncodedText>? columns = null;
        List<List<ReadOnlyMemory<byte>>>? values = null;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw InvocationRefusals.Shape(Split, $"'{Split}' is no object with columns and data.");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            switch (name)
            {
                case "columns" when columns is null:
                    columns = ReadNames(ref json);
                    break;
                case "data" when values is null:
                    values = ReadLists(ref json);
                    break;
                case "index":
                    // The labels of a frame's rows say nothing here.
                    json.Skip();
                    break;
                default:
                    throw InvocationRefusals.Shape($"{Split}.{(name.Length > 64 ? name[..64] : name)}", "The member is not known here, or there twice.");
            }
        }

        if (columns is null || values is null)
        {
            throw InvocationRefusals.Shape(Split, $"'{Split}' has not both columns and data.");
        }

        InvocationRefusals.CheckTable(Split, values.Count, BytesOf(columns));
        var wrong = values.FindIndex(v => v.Count != columns.Count);
        return wrong < 0
            ? [.. values.Select(v => Row(columns, v))]
            : throw InvocationRefusals.Shape(FormattableString.Invariant($"{Split}.data[{wrong}]"), FormattableString.Invariant($"The row has {values[wrong].Count} values, and there are {columns.Count} columns."));
    }

    private List<ReadOnlyMemory<byte>> ReadColumns(ref Utf8JsonReader json)
    {
        var columns = new List<JsonEncodedText>();
        var values = new List<List<ReadOnlyMemory<byte>>>();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            columns.Add(JsonEncodedText.Encode(name));
            values.Add(json.TokenType == JsonTokenType.StartArray ? ReadList(ref json) : throw InvocationRefusals.Shape($"{Inputs}.{(name.Length > 64 ? name[..64] : name)}", "The column is no list."));
            if (values[^1].Count != values[0].Count)
            {
                throw InvocationRefusals.Shape($"{Inputs}.{(name.Length > 64 ? name[..64] : name)}", FormattableString.Invariant($"The column has {values[^1].Count} values, and the first one has {values[0].Count}."));
            }
        }

        if (values.Count == 0)
        {
            return [];
        }

        InvocationRefusals.CheckTable(Inputs, values[0].Count, BytesOf(columns));
        return [.. Enumerable.Range(0, values[0].Count).Select(r => Row(columns, [.. values.Select(v => v[r])]))];
    }

    private static List<JsonEncodedText> ReadNames(ref Utf8JsonReader json)
    {
        var names = new List<JsonEncodedText>();
        if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType == JsonTokenType.String)
            {
                names.Add(JsonEncodedText.Encode(json.GetString()!));
            }
        }

        return json.TokenType == JsonTokenType.EndArray ? names : throw InvocationRefusals.Shape($"{Split}.columns", "'columns' is no list of names.");
    }

    private List<List<ReadOnlyMemory<byte>>> ReadLists(ref Utf8JsonReader json)
    {
        var lists = new List<List<ReadOnlyMemory<byte>>>();
        if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType == JsonTokenType.StartArray)
            {
                lists.Add(ReadList(ref json));
            }
        }

        return json.TokenType == JsonTokenType.EndArray ? lists : throw InvocationRefusals.Shape($"{Split}.data", "'data' is no list of lists.");
    }

    private List<ReadOnlyMemory<byte>> ReadList(ref Utf8JsonReader json)
    {
        var values = new List<ReadOnlyMemory<byte>>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            values.Add(Value(ref json));
        }

        return values;
    }

    private ReadOnlyMemory<byte> Value(ref Utf8JsonReader json)
    {
        var from = (int)json.TokenStartIndex;
        json.Skip();
        return body[from..(int)json.BytesConsumed];
    }

    private static long BytesOf(List<JsonEncodedText> names) => names.Sum(n => (long)n.EncodedUtf8Bytes.Length);

    private static ReadOnlyMemory<byte> Row(List<JsonEncodedText> columns, List<ReadOnlyMemory<byte>> values)
    {
        using var bytes = new MemoryStream();
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        for (var c = 0; c < columns.Count; c++)
        {
            json.WritePropertyName(columns[c]);
            json.WriteRawValue(values[c].Span, skipInputValidation: true);
        }

        json.WriteEndObject();
        json.Flush();
        return bytes.ToArray();
    }
}
