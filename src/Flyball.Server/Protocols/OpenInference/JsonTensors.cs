using System.Text;
using System.Text.Json;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>
/// Reads tensors from the <c>data</c> of JSON: flat, or nested exactly as the shape says. A null is a value that is missing.
/// </summary>
internal static class JsonTensors
{
    /// <param name="head">What the tensor is said to be.</param>
    /// <param name="data">The JSON of <c>data</c>, known to be well-formed.</param>
    /// <exception cref="Engine.Problems.FlyballException">FLY3402: it has not as many values as the shape says, or is nested otherwise. FLY3404: a value is not of the datatype.</exception>
    public static InputTensor Read(in TensorHead head, ReadOnlyMemory<byte> data)
    {
        if (head.Type == TensorType.Fp16)
        {
            throw InferenceRefusals.Tensor(head.Name, "FP16 has no form in JSON.", "Send it as binary data.");
        }

        var columns = new Columns(head);
        var json = new Utf8JsonReader(data.Span);
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            throw InferenceRefusals.Tensor(head.Name, "'data' is no list.");
        }

        var row = 0;
        var nested = false;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var isNested = json.TokenType == JsonTokenType.StartArray;
            if (row == head.Rows || (isNested && !head.IsColumn) || (row > 0 && isNested != nested))
            {
                throw Lies(head);
            }

            nested = isNested;
            if (isNested)
            {
                json.Read();
            }

            Take(columns, row++, ref json, data);
            if (isNested && (!json.Read() || json.TokenType != JsonTokenType.EndArray))
            {
                throw Lies(head);
            }
        }

        return row == head.Rows ? columns.ToTensor() : throw Lies(head);
    }

    private static Engine.Problems.FlyballException Lies(in TensorHead head) =>
        InferenceRefusals.Tensor(head.Name, FormattableString.Invariant($"'data' is not {head.Rows} values, flat or nested as the shape says."));

    private static void Take(Columns columns, int row, ref Utf8JsonReader json, ReadOnlyMemory<byte> data)
    {
        var head = columns.Head;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                columns.SetNull(row);
                break;
            case JsonTokenType.True or JsonTokenType.False when head.Type == TensorType.Bool:
                columns.Wholes![row] = json.TokenType == JsonTokenType.True ? 1 : 0;
                break;
            case JsonTokenType.String when head.Type == TensorType.Bytes:
                columns.Texts![row] = json.ValueIsEscaped ? Encoding.UTF8.GetBytes(Unescaped(head, row, ref json)) : data.Slice((int)json.TokenStartIndex + 1, json.ValueSpan.Length);
                break;
            case JsonTokenType.Number when head.Type == TensorType.Fp64:
                columns.Written![row] = data.Slice((int)json.TokenStartIndex, json.ValueSpan.Length);
                break;
            case JsonTokenType.Number when head.Type == TensorType.Fp32:
                columns.Reals![row] = json.TryGetSingle(out var real) && float.IsFinite(real) ? real : throw InferenceRefusals.Element(head.Name, row, "The number is no FP32.");
                break;
            case JsonTokenType.Number when TensorTypes.IsWhole(head.Type):
                var (least, most) = TensorTypes.RangeOf(head.Type);
                columns.Wholes![row] = json.TryGetInt64(out var whole) && whole >= least && whole <= most
                    ? whole
                    : throw InferenceRefusals.Element(head.Name, row, $"The number is no {TensorTypes.NameOf(head.Type)}{(head.Type == TensorType.Uint64 ? " up to 2^63 - 1" : "")}.");
                break;
            case JsonTokenType.StartArray or JsonTokenType.EndArray or JsonTokenType.StartObject:
                throw Lies(head);
            default:
                throw InferenceRefusals.Element(head.Name, row, $"The value is no {TensorTypes.NameOf(head.Type)}.");
        }
    }

    private static string Unescaped(in TensorHead head, int row, ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for half of a character.
            throw InferenceRefusals.Element(head.Name, row, "The text is not Unicode.");
        }
    }

    /// <summary>Values on their way into a tensor.</summary>
    private sealed class Columns(TensorHead head)
    {
        private bool[]? nulls;

        public TensorHead Head => head;

        public long[]? Wholes { get; } = head.Type == TensorType.Bool || TensorTypes.IsWhole(head.Type) ? new long[head.Rows] : null;

        public double[]? Reals { get; } = head.Type == TensorType.Fp32 ? new double[head.Rows] : null;

        public ReadOnlyMemory<byte>[]? Texts { get; } = head.Type == TensorType.Bytes ? new ReadOnlyMemory<byte>[head.Rows] : null;

        public ReadOnlyMemory<byte>[]? Written { get; } = head.Type == TensorType.Fp64 ? new ReadOnlyMemory<byte>[head.Rows] : null;

        public void SetNull(int row) => (nulls ??= new bool[head.Rows])[row] = true;

        public InputTensor ToTensor() => new(head.Name, head.Type, head.Rows) { Wholes = Wholes, Reals = Reals, Texts = Texts, Written = Written, Nulls = nulls };
    }
}
