using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Training;
using Flyball.Training.Jobs;

namespace Flyball.Registry;

/// <summary>Decides the gates of a candidate, and with them whether its version is registered or refused.</summary>
internal static class VersionJudgement
{
    /// <returns>The version without its number; null with the problems of the model's gates.</returns>
    public static ModelVersion? Of(ModelPlan model, VersionCandidate candidate, Caller caller, PresentVersions present, out IReadOnlyList<Problem> problems)
    {
        var list = new Projects.ProblemList();
        problems = list;
        var definitions = ModelGates.Read(model, list);
        if (list.Count > 0)
        {
            return null;
        }

        var gates = GateEvaluator.Evaluate(definitions, AgainstPresentPrevious(AgainstPresentChampion(candidate.Evaluation, present.Champion), present.Previous), candidate.Result, model.Vector.Request.Schema, candidate.RunId);
        var state = gates.All(g => g.Ok) ? VersionStates.Registered : VersionStates.Refused;
        return new ModelVersion(
            model.Name, 0, candidate.Digest, candidate.Blob, candidate.RunId, candidate.Author, caller.Name, model.Definition.Risk, state, "", gates)
        {
            DefinedBy = candidate.DefinedBy,
        };
    }

    /// <summary>An evaluation against a champion that is none any more proves nothing against the present one: its relative gates fail.</summary>
    private static FrozenEvaluation AgainstPresentChampion(FrozenEvaluation evaluation, ModelVersion? champion) =>
        evaluation.ChampionDigest == champion?.Digest.Hex || evaluation.ChampionMissing is not null
            ? evaluation
            : evaluation with
            {
                ChampionMissing = $"the rows were scored against {evaluation.ChampionDigest ?? "no champion"}, and the champion is now {champion?.Digest.Hex ?? "not set"}",
            };

    /// <summary>The same of the version before the champion.</summary>
    private static FrozenEvaluation AgainstPresentPrevious(FrozenEvaluation evaluation, ModelVersion? previous) =>
        evaluation.PreviousDigest == previous?.Digest.Hex || evaluation.PreviousMissing is not null
            ? evaluation
            : evaluation with
            {
                PreviousMissing = $"the rows were scored against {evaluation.PreviousDigest ?? "none"}, and it is now {previous?.Digest.Hex ?? "not set"}",
            };
}
