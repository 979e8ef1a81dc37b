using System.Text.Json;
using System.Text.Unicode;
using Flyball.Engine.Problems;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>
/// Reads a request from its JSON and the raw tensors behind it. A member that the protocol does not have is passed over, one that comes twice is refused.
/// </summary>
internal sealed class JsonRequest
{
    private readonly ReadOnlyMemory<byte> text;
    private readonly List<TensorDraft> tensors = [];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private List<RequestedOutput>? outputs;
    private string? id;
    private long? timeout;
    private bool isBinary;

    private JsonRequest(ReadOnlyMemory<byte> text) => this.text = text;

    /// <param name="text">The JSON.</param>
    /// <param name="raw">What follows it.</param>
    /// <exception cref="FlyballException">FLY3400 to FLY3406: it is no such request.</exception>
    public static InferenceRequest Read(ReadOnlyMemory<byte> text, ReadOnlyMemory<byte> raw)
    {
        if (!Utf8.IsValid(text.Span))
        {
            throw InferenceRefusals.Malformed("The JSON is not UTF-8.");
        }

        try
        {
            var request = new JsonRequest(text);
            request.ReadObject();
            return request.Finish(raw);
        }
        catch (JsonException e)
        {
            throw new FlyballException(InferenceRefusals.Malformed($"The request is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.").Problem, e);
        }
        catch (InvalidOperationException e)
        {
            // What the reader throws where a name or text has half of a character.
            throw new FlyballException(InferenceRefusals.Malformed("A text of the request is not Unicode.").Problem, e);
        }
    }

    private void ReadObject()
    {
        var json = new Utf8JsonReader(text.Span);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw InferenceRefusals.Malformed("The request is not a JSON object.");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            switch (Member(ref json, ""))
            {
                case "id":
                    id = InferenceRequest.CheckedId(Text(ref json, "id"));
                    break;
                case "parameters":
                    ReadParameters(ref json);
                    break;
                case "inputs":
                    ReadInputs(ref json);
                    break;
                case "outputs":
                    ReadOutputs(ref json);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        // Whatever follows the object is refused by the reader.
        json.Read();
    }

    private InferenceRequest Finish(ReadOnlyMemory<byte> raw)
    {
        if (tensors.Count == 0)
        {
            throw InferenceRefusals.Malformed("The request has no inputs.");
        }

        var read = new List<InputTensor>(tensors.Count);
        var rest = raw;
        foreach (var tensor in tensors)
        {
            read.Add(tensor.Read(ref rest));
        }

        return rest.IsEmpty
            ? new InferenceRequest(id, timeout, read, outputs) { IsBinaryByDefault = isBinary }
            : throw InferenceRefusals.Framing(FormattableString.Invariant($"{rest.Length} bytes follow the last tensor."));
    }

    private void ReadParameters(ref Utf8JsonReader json)
    {
        Open(ref json, "parameters");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            switch (Member(ref json, "parameters."))
            {
                case "timeout":
                    timeout = InferenceRequest.Timeout(Whole(ref json, "timeout"));
                    break;
                case "binary_data_output":
                    isBinary = Flag(ref json, "binary_data_output");
                    break;
                default:
                    json.Skip();
                    break;
            }
        }
    }

    private void ReadInputs(ref Utf8JsonReader json)
    {
        OpenList(ref json, "inputs");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (tensors.Count == InferenceLimits.MostTensors)
            {
                throw InferenceRefusals.Malformed($"The request has more than {InferenceLimits.MostTensors} inputs.");
            }

            tensors.Add(ReadInput(ref json, FormattableString.Invariant($"inputs[{tensors.Count}].")));
        }
    }

    private TensorDraft ReadInput(ref Utf8JsonReader json, string at)
    {
        Open(ref json, "inputs");
        var draft = default(TensorDraft);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            switch (Member(ref json, at))
            {
                case "name":
                    draft = draft with { Name = Text(ref json, at + "name") };
                    break;
                case "datatype":
                    draft = draft with { Datatype = Text(ref json, at + "datatype") };
                    break;
                case "shape":
                    draft = draft with { Shape = Shape(ref json, at + "shape") };
                    break;
                case "parameters":
                    draft = draft with { RawSize = RawSize(ref json, at) };
                    break;
                case "data":
                    var from = (int)json.TokenStartIndex;
                    json.Skip();
                    draft = draft with { Data = text[from..(int)json.BytesConsumed] };
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return draft.Name is null ? throw InferenceRefusals.Malformed($"'{at}name' is missing.") : draft;
    }

    private long? RawSize(ref Utf8JsonReader json, string at)
    {
        long? size = null;
        Open(ref json, at + "parameters");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            switch (Member(ref json, at + "parameters."))
            {
                case "binary_data_size":
                    size = Whole(ref json, "binary_data_size");
                    break;
                case "shared_memory_region":
                    throw InferenceRefusals.NotDone("shared_memory_region");
                default:
                    json.Skip();
                    break;
            }
        }

        return size;
    }

    private void ReadOutputs(ref Utf8JsonReader json)
    {
        OpenList(ref json, "outputs");
        var asked = new List<RequestedOutput>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (asked.Count == InferenceLimits.MostTensors)
            {
                throw InferenceRefusals.Malformed($"The request asks for more than {InferenceLimits.MostTensors} outputs.");
            }

            asked.Add(ReadOutput(ref json, FormattableString.Invariant($"outputs[{asked.Count}].")));
        }

        // An empty list asks for everything, as no list does.
        outputs = asked.Count == 0 ? null : asked;
    }

    private RequestedOutput ReadOutput(ref Utf8JsonReader json, string at)
    {
        Open(ref json, "outputs");
        string? name = null;
        bool? binary = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            switch (Member(ref json, at))
            {
                case "name":
                    name = Text(ref json, at + "name");
                    break;
                case "parameters":
                    Open(ref json, at + "parameters");
                    while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
                    {
                        switch (Member(ref json, at + "parameters."))
                        {
                            case "binary_data":
                                binary = Flag(ref json, "binary_data");
                                break;
                            case "classification" when Whole(ref json, "classification") != 0:
                                throw InferenceRefusals.NotDone("classification");
                            case "shared_memory_region":
                                throw InferenceRefusals.NotDone("shared_memory_region");
                            default:
                                json.Skip();
                                break;
                        }
                    }

                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new RequestedOutput(name ?? throw InferenceRefusals.Malformed($"'{at}name' is missing."), binary);
    }

    /// <summary>The name the reader stands on; afterwards it stands on the value.</summary>
    private string Member(ref Utf8JsonReader json, string at)
    {
        var name = json.GetString()!;
        if (!seen.Add(at + name))
        {
            throw InferenceRefusals.Malformed($"'{at}{InferenceRefusals.Shown(name)}' is there twice.");
        }

        json.Read();
        return name;
    }

    private static void Open(ref Utf8JsonReader json, string name)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw InferenceRefusals.Malformed($"'{name}' is no object.");
        }
    }

    private static void OpenList(ref Utf8JsonReader json, string name)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            throw InferenceRefusals.Malformed($"'{name}' is no list.");
        }
    }

    private static string Text(ref Utf8JsonReader json, string name) =>
        json.TokenType == JsonTokenType.String ? json.GetString()! : throw InferenceRefusals.Malformed($"'{name}' is no text.");

    private static long Whole(ref Utf8JsonReader json, string name) =>
        json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var whole) ? whole : throw InferenceRefusals.Parameter(name, $"'{name}' is no whole number.");

    private static bool Flag(ref Utf8JsonReader json, string name) =>
        json.TokenType is JsonTokenType.True or JsonTokenType.False ? json.GetBoolean() : throw InferenceRefusals.Parameter(name, $"'{name}' is neither true nor false.");

    private static List<long> Shape(ref Utf8JsonReader json, string name)
    {
        const int MostDimensions = 8;
        OpenList(ref json, name);
        var shape = new List<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            shape.Add(shape.Count < MostDimensions && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var size)
                ? size
                : throw InferenceRefusals.Malformed($"'{name}' is no list of at most {MostDimensions} whole numbers."));
        }

        return shape;
    }
}
