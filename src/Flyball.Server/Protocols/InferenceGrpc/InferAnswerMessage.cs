using System.Buffers;
using Flyball.Server.Protocols.OpenInference;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>Writes <c>ModelInferResponse</c>.</summary>
internal static class InferAnswerMessage
{
    public static WireWriter Of(InferenceAnswer answer, bool isRaw)
    {
        var message = new WireWriter().Text(1, answer.Model).Text(2, answer.Version).Text(3, answer.Id);
        if (answer.Digest is { } digest)
        {
            message.Message(4, TextParameter("digest", digest));
        }

        if (answer.Defaulted is { } defaulted)
        {
            message.Message(4, TextParameter("defaulted", defaulted));
        }

        foreach (var output in answer.Outputs)
        {
            message.Message(5, Tensor(output, isRaw));
        }

        foreach (var output in isRaw ? answer.Outputs : [])
        {
            var raw = new ArrayBufferWriter<byte>();
            AnswerWriter.WriteRaw(output, raw);
            message.Bytes(6, raw.WrittenSpan);
        }

        return message;
    }

    private static WireWriter Tensor(OutputTensor output, bool isRaw)
    {
        var message = new WireWriter().Text(1, output.Field.Name).Text(2, TensorTypes.NameOf(output.Field.Type)).Wholes(3, output.Shape);
        if (output.Classes is { } classes)
        {
            message.Message(4, TextParameter("classes", classes));
        }

        return isRaw ? message : message.Message(5, new WireWriter().Wholes(3, output.Wholes ?? []).Reals(7, output.Reals ?? []).Texts(8, output.Texts ?? []));
    }

    private static WireWriter TextParameter(string name, string value) => new WireWriter().Text(1, name).Message(2, new WireWriter().Text(3, value));
}
