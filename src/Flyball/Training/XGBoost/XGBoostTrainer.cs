using Flyball.Engine.Problems;
using Flyball.Native.XGBoost;

namespace Flyball.Training.XGBoost;

/// <summary>Trains gradient-boosted trees on one thread: the same rows, parameters and library give the same bytes.</summary>
public static class XGBoostTrainer
{
    /// <summary>Trains a model. Cost: rounds x depth x values, plus a scoring of the validation rows a round where they stop it.</summary>
    /// <param name="parameters">Valid ones.</param>
    /// <param name="featureNames">One a column, in order.</param>
    /// <param name="train">Rows to learn from.</param>
    /// <param name="validation">Later rows to judge by; early stopping needs them.</param>
    /// <param name="progress">Told of each round that was judged.</param>
    /// <param name="cancellation">Looked at between rounds.</param>
    /// <exception cref="FlyballException">FLY1173 to FLY1175: parameters or rows that cannot be trained on.</exception>
    /// <exception cref="XGBoostException">XGBoost refused something.</exception>
    /// <exception cref="Flyball.Native.Loading.NativeLibraryException">The library is missing.</exception>
    public static TrainedModel Train(
        XGBoostParameters parameters,
        IReadOnlyList<string> featureNames,
        LabelledRows train,
        LabelledRows? validation = null,
        IProgress<TrainingRound>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(featureNames);
        ArgumentNullException.ThrowIfNull(train);
        Check(parameters, featureNames, train, validation);
        using var rows = Matrix(train, featureNames);

        // Rows that stop nothing, and of which nobody is told, need not be scored after every round.
        var watched = parameters.EarlyStoppingRounds is not null || progress is not null ? validation : null;
        using var judged = watched is null ? null : Matrix(watched, featureNames);

        // A matrix that the booster knows from the start keeps its margins: scoring it again costs the new trees only.
        var settings = parameters.ToBooster(BaseScore(parameters.Objective, train));
        using var booster = judged is null ? XGBoostBooster.Create(settings, rows) : XGBoostBooster.Create(settings, rows, judged);
        var history = new List<TrainingRound>();
        var best = 0;
        for (var round = 0; round < parameters.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            booster.Update(round, rows);
            if (judged is null)
            {
                continue;
            }

            history.Add(new(round + 1, ValidationMetric.Of(parameters, booster.Predict(judged), watched!)));
            progress?.Report(history[^1]);
            if (round == 0 || ValidationMetric.IsBetter(parameters.Objective, history[^1].Metric, history[best].Metric))
            {
                best = round;
            }
            else if (round - best >= parameters.EarlyStoppingRounds)
            {
                break;
            }
        }

        var kept = parameters.EarlyStoppingRounds is null ? parameters.Rounds : best + 1;
        var json = XGBoostRounds.First(booster.Save(XGBoostFormat.Json), kept, Math.Max(1, parameters.Classes));
        return new(json, kept, Importance(json, featureNames), history);
    }

    private static void Check(XGBoostParameters parameters, IReadOnlyList<string> featureNames, LabelledRows train, LabelledRows? validation)
    {
        var problems = parameters.Validate().Concat(train.Validate(parameters.Objective, "training", parameters.Classes));
        if (validation is not null)
        {
            problems = problems.Concat(validation.Validate(parameters.Objective, "validation", parameters.Classes));
            if (validation.Columns != train.Columns)
            {
                problems = problems.Append(new("FLY1174", $"The validation rows have {validation.Columns} columns, the training rows {train.Columns}."));
            }
        }
        else if (parameters.EarlyStoppingRounds is not null)
        {
            problems = problems.Append(new("FLY1173", "early_stopping_rounds needs validation rows.", new ProblemLocation(Field: "early_stopping_rounds")));
        }

        if (featureNames.Count != train.Columns || featureNames.Distinct(StringComparer.Ordinal).Count() != featureNames.Count)
        {
            problems = problems.Append(new("FLY1172", $"{featureNames.Count} feature names, which must all differ, were given for {train.Columns} columns."));
        }

        if (problems.FirstOrDefault() is { } problem)
        {
            throw new FlyballException(problem);
        }
    }

    private static XGBoostMatrix Matrix(LabelledRows rows, IReadOnlyList<string> featureNames)
    {
        var matrix = XGBoostMatrix.FromDense(rows.Values.Span, rows.Count, rows.Columns);
        try
        {
            matrix.SetLabels(rows.Labels.Span);
            matrix.SetFeatureNames(featureNames);
            if (rows.Weights is { } weights)
            {
                matrix.SetWeights(weights.Span);
            }

            if (rows.Groups.Count > 0)
            {
                matrix.SetGroups([.. rows.Groups.Select(g => (uint)g)]);
            }

            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    /// <summary>0.5 for a probability, nothing for classes and ranks; the weighted mean for a number, which trees would need many rounds to reach.</summary>
    private static float BaseScore(XGBoostObjective objective, LabelledRows train)
    {
        if (objective == XGBoostObjective.BinaryLogistic)
        {
            return 0.5f;
        }

        if (objective == XGBoostObjective.MultiSoftprob || objective.IsRanking())
        {
            return 0;
        }

        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < train.Count; i++)
        {
            var weight = train.Weights is { } weights ? weights.Span[i] : 1.0;
            sum += weight * train.Labels.Span[i];
            total += weight;
        }

        return objective.HasLogLink() ? Math.Max(1e-6f, (float)(sum / total)) : (float)(sum / total);
    }

    private static List<FeatureGain> Importance(byte[] json, IReadOnlyList<string> featureNames)
    {
        var splits = new int[featureNames.Count];
        var gains = new double[featureNames.Count];
        foreach (var tree in XGBoostTreeModel.Parse(json).Trees)
        {
            foreach (var node in tree.Reachable()!.Where(n => !tree.IsLeaf(n)))
            {
                splits[tree.Features[node]]++;
                gains[tree.Features[node]] += tree.Gains[node];
            }
        }

        return
        [
            .. featureNames
                .Select((name, i) => new FeatureGain(name, splits[i], gains[i]))
                .OrderByDescending(g => g.TotalGain)
                .ThenBy(g => g.Feature, StringComparer.Ordinal),
        ];
    }
}
