using System.Runtime.CompilerServices;
using Flyball.Contracts;
using Flyball.Serving;
using Flyball.Training;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>A model version as the protocol sees it: a tensor for each field of its requests, and the parts of an answer. Immutable.</summary>
internal sealed class InferenceModel
{
    public const string Prediction = "prediction";
    public const string Probabilities = "probabilities";
    public const string Decision = "decision";
    public const string Rung = "rung";
    public const string Version = "version";
    public const string RequestId = "request_id";

    private const string Onnx = "onnx_onnxv1";

    private static readonly ConditionalWeakTable<ServedVersion, InferenceModel> Models = [];

    /// <param name="scorer">Who tells its classes and kind; null where only the rule is left.</param>
    private InferenceModel(ServedVersion version, IScorer? scorer)
    {
        var fields = version.Vector.Request.Definition.Fields;
        Contract = version.Vector.Request;
        Unknown = version.UnknownColumn;
        Inputs = [.. fields.Select((f, i) => new InputField(f.Name, i, TensorTypes.Of(f.Kind), f.Required && i != Unknown, f.Kind >= FieldKind.Object))];
        Classes = scorer?.Manifest.Classes ?? [];
        var kind = scorer?.Kind ?? "rule";
        Platform = kind == "onnx" ? Onnx : $"flyball_{kind}";
        Backend = kind == "onnx" ? "onnxruntime" : kind;
        Outputs =
        [
            new OutputField(Prediction, Classes.Count > 0 ? TensorType.Bytes : TensorType.Fp64, null),
            .. Classes.Count > 0 ? (OutputField[])[new OutputField(Probabilities, TensorType.Fp64, Classes.Count)] : [],
            .. version.Rules.Decisions.Any() ? (OutputField[])[new OutputField(Decision, TensorType.Bytes, null)] : [],
            new OutputField(Rung, TensorType.Bytes, null),
            new OutputField(Version, TensorType.Int64, null),
            new OutputField(RequestId, TensorType.Bytes, null),
        ];
    }

    /// <summary>Bundles are ONNX models; declared backends are named by their kind.</summary>
    public string Platform { get; }

    /// <summary>What runs it.</summary>
    public string Backend { get; }

    public ContractPlan Contract { get; }

    /// <summary>The column that is the label: it is not in the metadata, and dropped when it is sent.</summary>
    public int Unknown { get; }

    /// <summary>In the order of the contract.</summary>
    public IReadOnlyList<InputField> Inputs { get; }

    /// <summary>The inputs that the metadata lists: all but the label.</summary>
    public IEnumerable<InputField> Offered => Inputs.Where(i => i.Column != Unknown);

    public IReadOnlyList<OutputField> Outputs { get; }

    /// <summary>In the order of the probabilities; empty unless there are several classes.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>What a plan's champion looks like. Made once a version; for one that could not be loaded the version before it tells, as it answers.</summary>
    public static InferenceModel Of(TrafficPlan plan) => plan.Champion.Missing is null
        ? Models.GetValue(plan.Champion, static v => new InferenceModel(v, v.Scorer))
        : new InferenceModel(plan.Champion, plan.Previous?.Scorer);

    /// <summary>The field of a name, or of its name at the source; null when there is none.</summary>
    public InputField? InputOf(string name) => Contract.ColumnOf(name) is >= 0 and var column ? Inputs[column] : null;

    /// <summary>The output of a name; null when there is none.</summary>
    public OutputField? OutputOf(string name)
    {
        foreach (var output in Outputs)
        {
            if (output.Name == name)
            {
                return output;
            }
        }

        return null;
    }
}

/// <summary>One tensor a request may have.</summary>
/// <param name="Column">Its place in the contract's schema.</param>
/// <param name="Type">In the metadata; narrower numbers are taken.</param>
/// <param name="IsRequired">Neither absent nor null.</param>
/// <param name="IsJson">Its texts are JSON: a nested value.</param>
internal sealed record InputField(string Name, int Column, TensorType Type, bool IsRequired, bool IsJson);

/// <summary>One tensor of an answer.</summary>
/// <param name="Width">Of its second dimension; null when it has one dimension.</param>
internal sealed record OutputField(string Name, TensorType Type, int? Width);
