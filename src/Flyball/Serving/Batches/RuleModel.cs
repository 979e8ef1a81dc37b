using Flyball.Serving.Backends;

namespace Flyball.Serving.Batches;

/// <summary>A rule over the fields of a request: row by row.</summary>
internal sealed class RuleModel(ServedVersion version, RuleBackend rule) : IBatchModel
{
    public void Score(ScoreBatch batch)
    {
        var row = new Engine.Expressions.Value[version.Vector.RequestWidth];
        for (var i = 0; i < batch.Count; i++)
        {
            batch.Request(i).CopyTo(row);
            batch.Scores[i] = rule.ScoreOne([], row);
        }
    }
}
