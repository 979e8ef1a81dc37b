using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Training.Datasets;

namespace Flyball.Training.Splits;

/// <summary>Asserts that a split does not leak and that its parts say something.</summary>
internal static class SplitAudit
{
    /// <summary>All that is wrong: FLY1142 for parts with too few rows or classes, FLY3240 for parts that touch.</summary>
    public static IReadOnlyList<Problem> Judge(ModelPlan model, TrainingSet set)
    {
        var problems = new List<Problem>();
        foreach (var part in set.Parts)
        {
            JudgeSize(model, part, problems);
        }

        if (problems.Count == 0)
        {
            problems.AddRange(Touching(set, model.Definition.Split));
        }

        return problems;
    }

    private static void JudgeSize(ModelPlan model, TrainingPart part, List<Problem> problems)
    {
        var task = model.Task;
        var stretch = part.Interval is { } interval ? $" {interval}" : "";
        var where = new ProblemLocation(Field: $"split.{part.Name}");
        const string remedy = "Lengthen the part, ingest more history, or train at a later time.";
        if (!task.HasSeveralOutputs && task.HasClasses)
        {
            long rows = part.Rows, positives = part.Positives;
            if (rows < task.FewestRows || positives < task.FewestOfClass || rows - positives < task.FewestOfClass)
            {
                problems.Add(new Problem("FLY1142", $"The {part.Name} part{stretch} has {rows} rows, {positives} of them positive; {task.FewestRows} rows with {task.FewestOfClass} positive and as many negative are needed.", where, remedy));
            }

            return;
        }

        if (part.Rows < task.FewestRows)
        {
            problems.Add(new Problem("FLY1142", $"The {part.Name} part{stretch} has {part.Rows} rows; {task.FewestRows} are needed.", where, remedy));
        }
        else if (task.HasSeveralOutputs)
        {
            foreach (var (number, name) in model.Labels.Classes.Index())
            {
                var rows = part.Labels.Count(l => (int)l == number);
                if (rows < task.FewestOfClass)
                {
                    problems.Add(new Problem("FLY1142", $"The {part.Name} part{stretch} has {rows} rows of the class {name}; {task.FewestOfClass} are needed.", where, remedy));
                }
            }
        }
    }

    /// <summary>Looks at the rows themselves, whatever divided them.</summary>
    internal static IEnumerable<Problem> Touching(TrainingSet set, SplitDefinition split)
    {
        var seen = new HashSet<long>();
        if (set.Parts.SelectMany(p => p.Seq).Any(s => !seen.Add(s)))
        {
            yield return new Problem("FLY3240", "A row is in two parts of the split.");
        }

        if (split.By == SplitDefinition.ByEntity)
        {
            var partOf = new Dictionary<Value, string>();
            if (set.Parts.Any(p => p.Groups.Any(g => !partOf.TryAdd(g, p.Name) && partOf[g] != p.Name)))
            {
                yield return new Problem("FLY3240", $"A value of {split.Column} is in two parts of the split.");
            }
        }

        if (split.By == SplitDefinition.ByTime
            && (set.Train.Instants.Max().Micros + split.EmbargoMicros > set.Validation.Instants.Min().Micros || set.Validation.Instants.Max().Micros + split.EmbargoMicros > set.Test.Instants.Min().Micros))
        {
            yield return new Problem("FLY3240", "Parts of the split are closer in time than its embargo.");
        }
    }
}
