namespace Flyball.Training.Tracking;

/// <summary>How far the upload of a logged model is.</summary>
public static class LoggedModelStatus
{
    public const string Pending = "LOGGED_MODEL_PENDING";

    /// <summary>All of them, in the order of their numbers on the wire, from 0.</summary>
    public static IReadOnlyList<string> All { get; } = ["LOGGED_MODEL_STATUS_UNSPECIFIED", Pending, "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"];
}
