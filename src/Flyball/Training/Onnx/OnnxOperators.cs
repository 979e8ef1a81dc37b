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
        "Abs", "Acos", "Acosh", "Add", "And", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh", "BatchNormalization", "Cast", "Ceil", "Celu",
        "Clip", "Compress", "Concat", "Constant", "Cos", "Cosh", "CumSum", "Div", "Dropout", "Elu", "Equal", "Erf", "Exp", "Flatten", "Floor",
        "Gather", "GatherElements", "GatherND", "Gelu", "Gemm", "Greater", "GreaterOrEqual", "HardSigmoid", "HardSwish", "Hardmax", "Identity", "If",
        "IsInf", "IsNaN", "LayerNormalization", "LeakyRelu", "Less", "LessOrEqual", "Log", "LogSoftmax", "LpNormalization", "MatMul", "Max", "Mean",
        "Min", "Mish", "Mod", "Mul", "Neg", "Not", "Or", "PRelu", "Pow", "Reciprocal", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
        "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Relu", "Reshape", "Round", "ScatterElements", "Selu",
        "Shape", "Sigmoid", "Sign", "Sin", "Sinh", "Slice", "Softmax", "Softplus", "Softsign", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tan",
        "Tanh", "ThresholdedRelu", "TopK", "Transpose", "Unsqueeze", "Where", "Xor");

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
