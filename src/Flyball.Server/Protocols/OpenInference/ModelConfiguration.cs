namespace Flyball.Server.Protocols.OpenInference;

/// <summary>
/// A model as the protocol's configuration extension has it: enough for clients that ask how many rows a request may have. The first dimension of each tensor is the
/// rows of the batch, and so is not among its <c>dims</c>.
/// </summary>
/// <param name="Backend">What runs it.</param>
internal sealed record ModelConfiguration(string Name, string Platform, string Backend, IReadOnlyList<ConfiguredTensor> Inputs, IReadOnlyList<ConfiguredTensor> Outputs)
{
    /// <summary>Rows of a request.</summary>
    public const int MaxBatchSize = InferenceLimits.MostRows;

    public static ModelConfiguration Of(string name, InferenceModel model, Func<string, bool> isFilled) => new(
        name,
        model.Platform,
        model.Backend,
        [.. model.Offered.Select(i => new ConfiguredTensor(i.Name, i.Type, [], !i.IsRequired || isFilled(i.Name)))],
        [.. model.Outputs.Select(o => new ConfiguredTensor(o.Name, o.Type, o.Width is { } width ? [width] : [], false))]);

    /// <summary>The extension's name of a datatype.</summary>
    public static string NameOf(TensorType type) => "TYPE_" + (type == TensorType.Bytes ? "STRING" : TensorTypes.NameOf(type));

    /// <summary>The extension's number of a datatype.</summary>
    public static int NumberOf(TensorType type) => type switch
    {
        TensorType.Bool => 1,
        TensorType.Uint8 => 2,
        TensorType.Uint16 => 3,
        TensorType.Uint32 => 4,
        TensorType.Uint64 => 5,
        TensorType.Int8 => 6,
        TensorType.Int16 => 7,
        TensorType.Int32 => 8,
        TensorType.Int64 => 9,
        TensorType.Fp16 => 10,
        TensorType.Fp32 => 11,
        TensorType.Fp64 => 12,
        _ => 13,
    };
}

/// <summary>A tensor of the configuration.</summary>
/// <param name="Dims">Its dimensions behind that of the rows.</param>
/// <param name="IsOptional">Whether a request may go without it.</param>
internal sealed record ConfiguredTensor(string Name, TensorType Type, IReadOnlyList<long> Dims, bool IsOptional);
