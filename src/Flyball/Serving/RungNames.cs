namespace Flyball.Serving;

/// <summary>Rungs and arms as answers and metrics name them.</summary>
public static class RungNames
{
    public static string Of(Rung rung) => rung switch
    {
        Rung.Full => "full",
        Rung.Champion => "champion",
        Rung.PreviousVersion => "previous-version",
        _ => "rule",
    };

    public static string? Of(Arm arm) => arm switch
    {
        Arm.Control => "control",
        Arm.Canary => "canary",
        _ => null,
    };
}
