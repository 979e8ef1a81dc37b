using Flyball.Server.Protocols.OpenInference;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>Writes <c>ModelConfigResponse</c>.</summary>
internal static class ConfigurationMessage
{
    public static WireWriter Of(ModelConfiguration configuration)
    {
        var message = new WireWriter().Text(1, configuration.Name).Text(2, configuration.Platform).Whole(4, ModelConfiguration.MaxBatchSize);
        foreach (var input in configuration.Inputs)
        {
            message.Message(5, new WireWriter().Text(1, input.Name).Whole(2, ModelConfiguration.NumberOf(input.Type)).Wholes(4, input.Dims).Flag(8, input.IsOptional));
        }

        foreach (var output in configuration.Outputs)
        {
            message.Message(6, new WireWriter().Text(1, output.Name).Whole(2, ModelConfiguration.NumberOf(output.Type)).Wholes(3, output.Dims));
        }

        return new WireWriter().Message(1, message.Text(17, configuration.Backend));
    }
}
