namespace Flyball.Server.Protocols.Mlflow;

/// <summary>A refusal in the protocol's own terms.</summary>
internal sealed class MlflowException(string code, string message) : Exception(message)
{
    public string Code => code;

    public static MlflowException Invalid(string message) => new(MlflowErrors.InvalidParameter, message);

    public static MlflowException Missing(string name) =>
        Invalid($"Missing value for required parameter '{name}'. See the API docs for more information about request parameters.");

    /// <param name="shown">The value as JSON.</param>
    public static MlflowException Invalid(string name, string shown, string hint = "") =>
        Invalid($"Invalid value {(shown.Length > 200 ? shown[..200] : shown)} for parameter '{name}' supplied{(hint.Length > 0 ? $": {hint}" : "")}");
}
