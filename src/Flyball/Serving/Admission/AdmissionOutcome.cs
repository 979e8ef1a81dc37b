namespace Flyball.Serving.Admission;

/// <summary>What came of asking for a place.</summary>
internal enum AdmissionOutcome
{
    /// <summary>There is one, to be given back.</summary>
    Admitted,

    /// <summary>There is more work than can be done in time.</summary>
    Refused,

    /// <summary>The request's own time was over before a place was free.</summary>
    Late,
}
