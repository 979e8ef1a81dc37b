namespace Flyball.Server.Protocols.OpenInference;

/// <summary>What a tensor is said to be, before its values are read.</summary>
/// <param name="Name">The field.</param>
/// <param name="Type">Of its elements.</param>
/// <param name="Rows">1 to <see cref="InferenceLimits.MostRows"/>.</param>
/// <param name="IsColumn">The shape is [rows, 1] and not [rows].</param>
internal readonly record struct TensorHead(string Name, TensorType Type, int Rows, bool IsColumn)
{
    /// <exception cref="Engine.Problems.FlyballException">FLY3402: no datatype, or the shape is neither [rows] nor [rows, 1]. FLY3405: too few or too many rows.</exception>
    public static TensorHead Of(string name, string? datatype, IReadOnlyList<long>? shape)
    {
        var type = datatype is null
            ? throw InferenceRefusals.Tensor(name, "The tensor states no datatype.")
            : TensorTypes.Of(datatype) ?? throw InferenceRefusals.Tensor(name, $"'{InferenceRefusals.Shown(datatype)}' is no datatype.");
        if (shape is null || shape.Count is not (1 or 2) || (shape.Count == 2 && shape[1] != 1))
        {
            throw InferenceRefusals.Tensor(name, "The shape is neither [rows] nor [rows, 1].");
        }

        return shape[0] is >= 1 and <= InferenceLimits.MostRows
            ? new TensorHead(name, type, (int)shape[0], shape.Count == 2)
            : throw InferenceRefusals.Rows(name, shape[0]);
    }
}
