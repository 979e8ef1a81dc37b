using System.Buffers.Binary;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>A body without JSON: the raw values of the one input that the model has.</summary>
internal static class RawRequest
{
    /// <exception cref="Engine.Problems.FlyballException">FLY3401: the model has several inputs. FLY3402, FLY3404, FLY3405: the bytes are no such tensor.</exception>
    public static InferenceRequest Read(InferenceModel model, ReadOnlyMemory<byte> body)
    {
        if (model.Offered.ToList() is not [var input])
        {
            throw InferenceRefusals.Framing($"{InferenceBody.HeaderLength} is 0, which is for models of one input.");
        }

        var head = TensorHead.Of(input.Name, TensorTypes.NameOf(input.Type), [Elements(input.Type, body.Span)]);
        return new InferenceRequest(null, null, [RawTensors.Read(head, body)], null);
    }

    /// <summary>As many as the bytes could be: the tensor's reader says where they are not.</summary>
    private static int Elements(TensorType type, ReadOnlySpan<byte> body)
    {
        if (TensorTypes.SizeOf(type) is > 0 and var size)
        {
            return body.Length / size;
        }

        var count = 0;
        for (var rest = body; rest.Length >= 4 && count <= InferenceLimits.MostRows; count++)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            rest = rest[(4 + (int)Math.Min(length, (uint)(rest.Length - 4)))..];
        }

        return count;
    }
}
