using System.Text.Json;
using Flyball.Contracts.Rows;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>One tensor of a request, checked: as many values as it has rows, widened to those of a contract.</summary>
/// <param name="Name">The field.</param>
/// <param name="Type">As it was sent.</param>
/// <param name="Rows">At least one.</param>
internal sealed record InputTensor(string Name, TensorType Type, int Rows)
{
    /// <summary>Values of BOOL, as 0 and 1, and of whole numbers.</summary>
    public long[]? Wholes { get; init; }

    /// <summary>Values of floating point, all finite.</summary>
    public double[]? Reals { get; init; }

    /// <summary>UTF-8 of BYTES.</summary>
    public ReadOnlyMemory<byte>[]? Texts { get; init; }

    /// <summary>Numbers of FP64 as JSON had them: the contract's reader refuses those that a double would change.</summary>
    public ReadOnlyMemory<byte>[]? Written { get; init; }

    /// <summary>Where JSON had null; null when it nowhere had.</summary>
    public bool[]? Nulls { get; init; }

    /// <summary>Whether its values can be taken with their type; numbers that came as text are judged by their text.</summary>
    public bool IsTyped => Written is null;

    /// <summary>One value with its type.</summary>
    /// <param name="column">Of its field.</param>
    public TypedValue At(int row, int column) =>
        Nulls?[row] == true ? new TypedValue(column, TypedKind.Null, 0, default)
        : Wholes is not null ? new TypedValue(column, Type == TensorType.Bool ? TypedKind.Flag : TypedKind.Whole, Wholes[row], default)
        : Reals is not null ? new TypedValue(column, TypedKind.Real, BitConverter.DoubleToInt64Bits(Reals[row]), default)
        : new TypedValue(column, TypedKind.Text, 0, Texts![row]);

    /// <summary>Writes one value as a member of the row's JSON object.</summary>
    /// <param name="isJson">The field holds JSON: the text is its value.</param>
    /// <exception cref="JsonException">The text of such a field is none.</exception>
    public void Write(Utf8JsonWriter json, int row, bool isJson)
    {
        if (Nulls?[row] == true)
        {
            json.WriteNullValue();
        }
        else if (Wholes is not null)
        {
            if (Type == TensorType.Bool)
            {
                json.WriteBooleanValue(Wholes[row] != 0);
            }
            else
            {
                json.WriteNumberValue(Wholes[row]);
            }
        }
        else if (Reals is not null)
        {
            json.WriteNumberValue(Reals[row]);
        }
        else if (Written is not null)
        {
            json.WriteRawValue(Written[row].Span, skipInputValidation: true);
        }
        else if (isJson)
        {
            json.WriteRawValue(Texts![row].Span);
        }
        else
        {
            json.WriteStringValue(Texts![row].Span);
        }
    }
}
