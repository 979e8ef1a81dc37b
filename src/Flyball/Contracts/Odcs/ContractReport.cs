using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>What a contract file is: the sources it describes, what is wrong with it, and what loads without being enforced.</summary>
/// <param name="File">As it was named.</param>
/// <param name="Plans">One for each source that takes events; none when there is an error.</param>
/// <param name="Errors">What refuses the file, in the order of its lines.</param>
/// <param name="Notices">What does not refuse it, in the order of its lines.</param>
public sealed record ContractReport(string File, IReadOnlyList<ContractPlan> Plans, IReadOnlyList<Problem> Errors, IReadOnlyList<Problem> Notices)
{
    public bool IsGood => Errors.Count == 0;

    /// <summary>Reads and compiles one file by itself: what it refers to in other files is told and not checked.</summary>
    /// <param name="path">A path of the file system.</param>
    public static ContractReport Of(string path)
    {
        var problems = new ProblemList();
        var file = ProjectFile.Read(Directory.GetCurrentDirectory(), path, problems);
        var plans = file is null ? [] : ContractSet.Compile([file], problems).Plans;
        return new ContractReport(path, problems.Count == 0 ? plans : [], InOrder(problems), InOrder(problems.Notices));
    }

    private static IReadOnlyList<Problem> InOrder(IEnumerable<Problem> problems) => [.. problems.OrderBy(p => p.Where?.Line ?? 0).ThenBy(p => p.Where?.Column ?? 0)];
}
