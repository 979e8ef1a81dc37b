namespace Flyball.Native.XGBoost;

/// <summary>XGBoost refused something; the message is XGBoost's own.</summary>
public sealed class XGBoostException(string message) : Exception(message);
