using Flyball.Serving.Admission;

namespace Flyball.Tests.Serving.Admission;

/// <summary>Asking for a place as a task, for tests that look at it before they wait for it.</summary>
internal static class AdmissionTasks
{
    public static async Task<AdmissionOutcome> AsTask(this Admittance admission) => await admission;
}
