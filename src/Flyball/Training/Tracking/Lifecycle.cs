namespace Flyball.Training.Tracking;

/// <summary>Whether something is there or was deleted; what was deleted can be restored.</summary>
public static class Lifecycle
{
    public const string Active = "active";
    public const string Deleted = "deleted";
}
