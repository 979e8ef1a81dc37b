namespace Flyball.Retraining;

/// <summary>The states of a retraining job, as the catalog and the API name them.</summary>
public static class RetrainStates
{
    /// <summary>Not yet due: labels of the new regime still mature.</summary>
    public const string Waiting = "waiting";

    /// <summary>A run is being made, or was when the process ended: then it is made again.</summary>
    public const string Training = "training";

    /// <summary>A version is registered and what happens to it is being decided.</summary>
    public const string Registered = "registered";

    /// <summary>The gates passed and a person has to approve.</summary>
    public const string WaitingApproval = "waiting_approval";

    /// <summary>The version is on trial against the champion.</summary>
    public const string RollingOut = "rolling_out";

    /// <summary>The rollout has ended, whichever way; or the version was the champion already.</summary>
    public const string Done = "done";

    /// <summary>A gate failed, or a person refused the version.</summary>
    public const string Refused = "refused";

    /// <summary>Something broke on the way; the job's error says what.</summary>
    public const string Failed = "failed";

    /// <summary>Whether the job still has something to do, and so keeps other jobs of its model out.</summary>
    public static bool IsOpen(string state) => state is not (Done or Refused or Failed);
}
