namespace Flyball.Serving.Degradation;

/// <summary>What was found out about one request on its way down the ladder.</summary>
internal struct ClimbState
{
    public static ClimbState Begin => new() { Reaches = true };

    /// <summary>Whether live features may be asked; false once they were out of reach, so that no other rung waits for them again.</summary>
    public bool Reaches { get; set; }

    /// <summary>Whether something was in the way that may pass: a version that is not loaded, is left alone for a while or threw, or features out of reach.</summary>
    public bool IsPassing { get; set; }
}
