namespace Flyball.Training.Tracking;

/// <summary>Which of them a listing shows.</summary>
public enum LifecycleView
{
    ActiveOnly = 1,
    DeletedOnly = 2,
    All = 3,
}
