namespace Flyball.Training.Outside;

/// <summary>The formats that a model from outside may come in: data, and no code.</summary>
public static class OutsideKinds
{
    public const string Onnx = "onnx";

    /// <summary>JSON or UBJSON of the booster <c>gbtree</c>.</summary>
    public const string XGBoost = "xgboost";

    /// <summary>The text form.</summary>
    public const string LightGbm = "lightgbm";

    public static IReadOnlyList<string> All { get; } = [Onnx, XGBoost, LightGbm];
}
