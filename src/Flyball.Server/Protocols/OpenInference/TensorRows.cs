using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Serving;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>
/// Turns the tensors of a request into rows of its contract, under every rule of it. Values that have their types are handed to the contract's reader as they are; a request
/// with nested values, or numbers that came as text, is written row by row as the JSON object that a plain request would be, and read like one.
/// </summary>
internal static class TensorRows
{
    /// <summary>More than these say nothing more.</summary>
    private const int MostProblems = 8;

    /// <summary>Bytes that names which are passed over may come to in all rows: each row is written with them.</summary>
    private const long MostPassedOver = 16 << 20;

    /// <summary>The column of a tensor that is no field of the contract, where such are passed over.</summary>
    private const int Unknown = -2;

    /// <summary>Timestamps have a plus sign, and the reader takes them only without escapes.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="FlyballException">FLY3402, FLY3403: the tensors do not fit the model or each other.</exception>
    /// <exception cref="RequestBodyException">Rows break the contract: each problem names its input and row.</exception>
    public static RequestRow[] Read(TrafficPlan plan, InferenceModel model, IReadOnlyList<InputTensor> tensors)
    {
        var columns = Match(plan, model, tensors);
        var rows = new RequestRow[tensors[0].Rows];
        var found = new List<Problem>();
        if (columns.TrueForAll(c => c.Tensor.IsTyped && !c.Field.IsJson))
        {
            ReadTyped(plan, columns, rows, found);
        }
        else
        {
            ReadWritten(plan, columns, rows, found);
        }

        return found.Count == 0 ? rows : throw new RequestBodyException(found.Count > MostProblems ? found[..MostProblems] : found);
    }

    private static void ReadTyped(TrafficPlan plan, List<(InputField Field, InputTensor Tensor)> columns, RequestRow[] rows, List<Problem> found)
    {
        var values = new TypedValue[columns.Count];
        for (var r = 0; r < rows.Length && found.Count < MostProblems; r++)
        {
            for (var c = 0; c < values.Length; c++)
            {
                values[c] = columns[c].Tensor.At(r, columns[c].Field.Column);
            }

            rows[r] = RequestRow.Read(plan, values, out var problems);
            Note(found, problems, r);
        }
    }

    private static void ReadWritten(TrafficPlan plan, List<(InputField Field, InputTensor Tensor)> columns, RequestRow[] rows, List<Problem> found)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, Plain);
        for (var r = 0; r < rows.Length && found.Count < MostProblems; r++)
        {
            buffer.ResetWrittenCount();
            json.Reset();
            Write(json, columns, r);
            rows[r] = RequestRow.Read(plan, buffer.WrittenSpan, out var problems);
            Note(found, problems, r);
        }
    }

    private static void Note(List<Problem> found, IReadOnlyList<Problem>? problems, int row)
    {
        if (problems is not null)
        {
            found.AddRange(problems.Select(p => p with { Where = new ProblemLocation(Field: FormattableString.Invariant($"{p.Where?.Field ?? "inputs"}[{row}]")) }));
        }
    }

    private static List<(InputField Field, InputTensor Tensor)> Match(TrafficPlan plan, InferenceModel model, IReadOnlyList<InputTensor> tensors)
    {
        var columns = new List<(InputField Field, InputTensor Tensor)>(tensors.Count);
        var seen = new bool[model.Inputs.Count];
        var passedOver = 0L;
        foreach (var tensor in tensors)
        {
            var field = model.InputOf(tensor.Name)
                ?? (plan.Requests.IgnoresUnknown ? new InputField(tensor.Name, Unknown, TensorType.Bytes, IsRequired: false, IsJson: false) : null)
                ?? throw InferenceRefusals.Name(tensor.Name, $"The model has no input '{InferenceRefusals.Shown(tensor.Name)}'.", $"It has {string.Join(", ", model.Inputs.Where(i => i.Column != model.Unknown).Select(i => i.Name))}.");
            if (field.Column >= 0 && seen[field.Column])
            {
                throw InferenceRefusals.Name(tensor.Name, $"The input '{field.Name}' is there twice.");
            }

            if (tensor.Rows != tensors[0].Rows)
            {
                throw InferenceRefusals.Tensor(tensor.Name, FormattableString.Invariant($"The tensor has {tensor.Rows} rows, and '{tensors[0].Name}' has {tensors[0].Rows}."));
            }

            if (field.Column == Unknown)
            {
                // It becomes a member of the row, where the reader passes it over and counts it.
                passedOver += (long)tensor.Name.Length * tensor.Rows;
                if (passedOver > MostPassedOver)
                {
                    throw InferenceRefusals.Tensor(tensor.Name, "The names of tensors that are no inputs are too long for so many rows.", "Leave them out.");
                }

                columns.Add((field, tensor));
                continue;
            }

            seen[field.Column] = true;
            if (field.Column == model.Unknown)
            {
                // The label: nobody can know it yet, and a plain request may hold anything there.
                continue;
            }

            if (!TensorTypes.Takes(field.Type, tensor.Type))
            {
                throw InferenceRefusals.Tensor(tensor.Name, $"The tensor is {TensorTypes.NameOf(tensor.Type)}, and the model takes {TensorTypes.NameOf(field.Type)}{Narrower(field.Type)}.");
            }

            columns.Add((field, tensor));
        }

        foreach (var field in model.Inputs)
        {
            if (field.IsRequired && !seen[field.Column] && !plan.Requests.Fills(field.Name))
            {
                throw InferenceRefusals.Name(field.Name, $"The input '{field.Name}' is missing.");
            }
        }

        return columns;
    }

    private static string Narrower(TensorType type) => type is TensorType.Int64 or TensorType.Fp64 ? " or a narrower number" : "";

    private static void Write(Utf8JsonWriter json, List<(InputField Field, InputTensor Tensor)> columns, int row)
    {
        json.WriteStartObject();
        foreach (var (field, tensor) in columns)
        {
            json.WritePropertyName(field.Name);
            try
            {
                tensor.Write(json, row, field.IsJson);
            }
            catch (Exception e) when (e is JsonException or ArgumentException)
            {
                throw new FlyballException(InferenceRefusals.Element(field.Name, row, "The field holds JSON, and the text is none.").Problem, e);
            }
        }

        json.WriteEndObject();
        json.Flush();
    }
}
