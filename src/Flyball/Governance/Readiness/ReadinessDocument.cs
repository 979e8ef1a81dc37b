using System.Text.Json.Nodes;

namespace Flyball.Governance.Readiness;

/// <summary>The answer: seven questions and 28 tests, each with the evidence it rests on or what to do.</summary>
internal static class ReadinessDocument
{
    public static JsonObject Of(ReadinessFacts facts)
    {
        var tests = MlTestScore.Judge(facts);
        var found = tests.ToDictionary(t => t.Test.Id, t => t.Finding, StringComparer.Ordinal);
        var answers = ReviewQuestions.All.Select(q => (q.Question, Finding: q.Answer(facts, found))).ToList();
        var sections = MlTestScore.Sections(tests);
        return new JsonObject
        {
            ["model"] = facts.Model,
            ["version"] = facts.Version?.Version,
            ["digest"] = facts.Version?.Digest.Hex,
            ["risk"] = facts.Risk,
            ["ready"] = answers.TrueForAll(a => a.Finding.Holds),
            ["questions"] = new JsonArray([.. answers.Select((a, i) => Question(i + 1, a.Question, a.Finding))]),
            ["ml_test_score"] = new JsonObject
            {
                ["score"] = sections.Values.Min(),
                ["sections"] = new JsonObject(sections.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))),
                ["tests"] = new JsonArray([.. tests.Select(Test)]),
            },
        };
    }

    private static JsonObject Question(int number, string question, Finding finding)
    {
        var answer = new JsonObject { ["number"] = number, ["question"] = question, ["status"] = finding.Holds ? "answered" : TestOutcome.NotThere };
        return With(answer, finding);
    }

    private static JsonObject Test(TestOutcome outcome)
    {
        var test = new JsonObject { ["id"] = outcome.Test.Id, ["section"] = outcome.Test.Section, ["test"] = outcome.Test.Name, ["status"] = outcome.Status, ["points"] = outcome.Points };
        return With(test, outcome.Finding);
    }

    private static JsonObject With(JsonObject answer, Finding finding)
    {
        answer["detail"] = finding.Detail;
        answer["evidence"] = new JsonArray([.. finding.Evidence.Select(e => (JsonNode)new JsonObject { ["kind"] = e.Kind, ["name"] = e.Name, ["digest"] = e.Digest })]);
        if (finding.IsRefuted)
        {
            answer["refuted"] = true;
        }

        if (finding.Remedy is { } remedy)
        {
            answer["remedy"] = remedy;
        }

        return answer;
    }
}
