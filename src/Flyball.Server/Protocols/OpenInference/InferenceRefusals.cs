using Flyball.Engine.Problems;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>What a request of the protocol is refused for. None tells a value.</summary>
internal static class InferenceRefusals
{
    /// <summary>No longer part of a request's own words is repeated.</summary>
    private const int LongestShown = 64;

    public static FlyballException Malformed(string message, string? remedy = null) => Of("FLY3400", message, null, remedy);

    public static FlyballException Framing(string message) => Of("FLY3401", message, null, "Inference-Header-Content-Length is the length of the JSON, and the tensors follow it in its order, each as long as its binary_data_size.");

    public static FlyballException Tensor(string name, string message, string? remedy = null) => Of("FLY3402", message, name, remedy);

    public static FlyballException Name(string name, string message, string? remedy = null) => Of("FLY3403", message, name, remedy);

    public static FlyballException Element(string name, int row, string message) => Of("FLY3404", message, FormattableString.Invariant($"{Shown(name)}[{row}]"), null);

    public static FlyballException Rows(string name, long rows) =>
        Of("FLY3405", FormattableString.Invariant($"A request has 1 to {InferenceLimits.MostRows} rows, and this one has {rows}."), name, "Send several requests.");

    public static FlyballException Parameter(string name, string message) => Of("FLY3406", message, name, null);

    public static FlyballException NoVersion(string version) =>
        Of("FLY3407", $"Version '{Shown(version)}' gets no traffic.", null, "The model's metadata lists the versions that can be asked for.");

    /// <summary>Why a model has no plan: it was never deployed, or it was and cannot be served.</summary>
    public static FlyballException NoPlan(Problem reason) => reason.Code == "FLY4004" ? NoModel() : new FlyballException(reason);

    public static FlyballException LoadsNothing() =>
        Of("FLY5070", "Models are not loaded or unloaded by this protocol.", null, "Promote or roll back a version: POST /v1/models/{model}/versions/{version}/promote, POST /v1/models/{model}/rollback.");

    public static FlyballException NotDone(string parameter) =>
        Of("FLY5071", $"'{parameter}' asks for what is not done here.", parameter, "Classes and their probabilities are outputs of their own; tensors go in the request and the answer.");

    public static FlyballException NotPacked(string encoding) => Of("FLY5072", $"The body is not {encoding}.", "Content-Encoding", "Pack the whole body, or send it as it is without Content-Encoding.");

    public static FlyballException NoModel() => Of("FLY4004", "No model of this name is deployed.", null, "POST /v2/repository/index lists them.");

    public static FlyballException TooLarge() => Of("FLY4013", $"The body is larger than {InferenceLimits.MostBytes} bytes.", null, "Send fewer rows a request.");

    public static FlyballException ContentType(string message) => Of("FLY4015", message, null, null);

    public static string Shown(string name) => name.Length > LongestShown ? name[..LongestShown] : name;

    private static FlyballException Of(string code, string message, string? field, string? remedy) =>
        new(new Problem(code, message, field is null ? null : new ProblemLocation(Field: Shown(field)), remedy));
}
