using System.Collections.Frozen;

namespace Flyball.Training.Onnx;

/// <summary>
/// The operators a model may use: those of tabular models, whose time and memory follow from the size of the input and
/// of the constants. Loops, and operators whose output is as large as a value says (Expand, Tile, Range, ConstantOfShape),
/// are left out on purpose: a small file could ask for any amount of memory.
/// </summary>
public static class OnnxOperators
{
    private static readonly FrozenSet<string> Standard = FrozenSet.Create(
        StringComparer.Ordinal,
        "Abs", "Add", "And", "ArgMax", "ArgMin", "Cast", "Ceil", "Clip", "Concat", "Constant", "Div", "Equal", "Erf", "Exp",
        "Flatten", "Floor", "Gather", "GatherElements", "Gemm", "Greater", "GreaterOrEqual", "Identity", "If", "IsInf", "IsNaN", "LeakyRelu",
        "Less", "LessOrEqual", "Log", "LogSoftmax", "MatMul", "Max", "Mean", "Min", "Mod", "Mul", "Neg", "Not", "Or", "Pow",
        "Reciprocal", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "ReduceSumSquare", "Relu", "Reshape", "Round",
        "Shape", "Sigmoid", "Sign", "Slice", "Softmax", "Softplus", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tanh",
        "TopK", "Transpose", "Unsqueeze", "Where", "Xor");

    private static readonly FrozenSet<string> MachineLearning = FrozenSet.Create(
        StringComparer.Ordinal,
        "ArrayFeatureExtractor", "Binarizer", "CastMap", "CategoryMapper", "DictVectorizer", "FeatureVectorizer", "Imputer",
        "LabelEncoder", "LinearClassifier", "LinearRegressor", "Normalizer", "OneHotEncoder", "Scaler", "SVMClassifier",
        "SVMRegressor", "TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor", "ZipMap");

    /// <summary>Whether a model may import operators of this domain.</summary>
    public static bool IsAllowedDomain(string domain) => domain is "" or "ai.onnx" or OnnxModelBuilder.MachineLearningDomain;

    /// <param name="domain">Empty and <c>ai.onnx</c> are the same.</param>
    /// <param name="operation">As written in the node, such as <c>TreeEnsembleRegressor</c>.</param>
    public static bool IsAllowed(string domain, string operation) => domain switch
    {
        "" or "ai.onnx" => Standard.Contains(operation),
        OnnxModelBuilder.MachineLearningDomain => MachineLearning.Contains(operation),
        _ => false,
    };
}
