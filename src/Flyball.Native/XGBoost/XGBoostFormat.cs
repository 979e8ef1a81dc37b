namespace Flyball.Native.XGBoost;

/// <summary>How a model is written. Both are data and carry no code.</summary>
public enum XGBoostFormat
{
    /// <summary>JSON text.</summary>
    Json,

    /// <summary>Universal binary JSON: the same document, smaller.</summary>
    Ubj,
}
