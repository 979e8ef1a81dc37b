using Flyball.Projects;
using Flyball.Serving;
using Flyball.Training;

namespace Flyball.Server.Hosting;

/// <summary>The serve sections of all models.</summary>
internal static class ServeDefinitions
{
    public static Dictionary<string, ServeDefinition> Of(ProjectPlan project)
    {
        var problems = new ProblemList();
        var found = project.Models.Values.ToDictionary(m => m.Name, m => ServeDefinition.Read(m, problems), StringComparer.Ordinal);
        return problems.Count == 0 ? found : throw new ProjectException(problems);
    }
}
