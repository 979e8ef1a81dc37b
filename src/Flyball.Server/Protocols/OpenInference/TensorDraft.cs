using Flyball.Engine.Problems;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>An input as its JSON has it: what belongs together may come in any order.</summary>
/// <param name="RawSize">Bytes of its raw values; null when they are in <paramref name="Data"/>.</param>
/// <param name="Data">JSON; null when there is none.</param>
internal readonly record struct TensorDraft(string? Name, string? Datatype, IReadOnlyList<long>? Shape, long? RawSize, ReadOnlyMemory<byte>? Data)
{
    /// <summary>Its values.</summary>
    /// <param name="raw">The raw bytes that no tensor before it has; afterwards those that are left.</param>
    /// <exception cref="FlyballException">FLY3401: the bytes are not there. FLY3402, FLY3404, FLY3405: it is not what it says.</exception>
    public InputTensor Read(ref ReadOnlyMemory<byte> raw)
    {
        var head = TensorHead.Of(Name!, Datatype, Shape);
        switch (Data, RawSize)
        {
            case ({ } data, null):
                return JsonTensors.Read(head, data);
            case (null, { } size):
                if (size < 0 || size > raw.Length)
                {
                    throw InferenceRefusals.Framing(FormattableString.Invariant($"'{InferenceRefusals.Shown(Name!)}' is said to have {size} bytes, and {raw.Length} are left."));
                }

                var bytes = raw[..(int)size];
                raw = raw[(int)size..];
                return RawTensors.Read(head, bytes);
            case (null, null):
                throw InferenceRefusals.Tensor(Name!, "The tensor has neither data nor binary_data_size.");
            default:
                throw InferenceRefusals.Tensor(Name!, "The tensor has both data and binary_data_size.");
        }
    }
}
