using Flyball.Server.Protocols.OpenInference;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>Reads <c>ModelInferRequest</c>.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Version">Empty for whatever the traffic plan chooses.</param>
/// <param name="Request">What is asked.</param>
/// <param name="IsRaw">The values came raw, and so do those of the answer.</param>
internal sealed record InferMessage(string Model, string Version, InferenceRequest Request, bool IsRaw)
{
    public static InferMessage Read(ReadOnlyMemory<byte> message)
    {
        var (model, version) = ("", "");
        string? id = null;
        long? timeout = null;
        var inputs = new List<InputMessage>();
        var outputs = new List<RequestedOutput>();
        var raw = new List<ReadOnlyMemory<byte>>();
        var reader = new WireReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    model = reader.Text();
                    break;
                case 2:
                    version = reader.Text();
                    break;
                case 3:
                    id = reader.Text();
                    break;
                case 4:
                    timeout = Parameter.Read(reader.Bytes()).Timeout ?? timeout;
                    break;
                case 5:
                    inputs.Add(InputMessage.Read(reader.Bytes()));
                    WireReader.Bound(inputs.Count, InferenceLimits.MostTensors);
                    break;
                case 6:
                    outputs.Add(ReadOutput(reader.Bytes()));
                    WireReader.Bound(outputs.Count, InferenceLimits.MostTensors);
                    break;
                case 7:
                    raw.Add(reader.Bytes());
                    WireReader.Bound(raw.Count, InferenceLimits.MostTensors);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        var request = new InferenceRequest(InferenceRequest.CheckedId(id), InferenceRequest.Timeout(timeout), Tensors(inputs, raw), outputs.Count == 0 ? null : outputs);
        return new InferMessage(model, version, request, raw.Count > 0);
    }

    private static List<InputTensor> Tensors(List<InputMessage> inputs, List<ReadOnlyMemory<byte>> raw)
    {
        if (inputs.Count == 0)
        {
            throw InferenceRefusals.Malformed("The request has no inputs.");
        }

        if (raw.Count > 0 && (raw.Count != inputs.Count || inputs.Exists(i => i.HasContents)))
        {
            throw InferenceRefusals.Framing("Either every input has its contents, or all of them are raw, one for each input.");
        }

        return [.. inputs.Select((input, i) => raw.Count > 0 ? RawTensors.Read(input.Head(), raw[i]) : input.Typed())];
    }

    private static RequestedOutput ReadOutput(ReadOnlyMemory<byte> message)
    {
        var name = "";
        var reader = new WireReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                name = reader.Text();
            }
            else if (reader.Field == 2)
            {
                Parameter.Read(reader.Bytes()).CheckOfOutput();
            }
            else
            {
                reader.Skip();
            }
        }

        return new RequestedOutput(name);
    }
}
