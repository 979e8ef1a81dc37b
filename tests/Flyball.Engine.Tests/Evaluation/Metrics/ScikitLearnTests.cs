using System.Diagnostics;
using System.Text.Json;
using Flyball.Engine.Evaluation;
using Flyball.Engine.Evaluation.Metrics;

namespace Flyball.Engine.Tests.Evaluation.Metrics;

/// <summary>The figures of the catalogue beside scikit-learn's on the same rows.</summary>
public sealed class ScikitLearnTests
{
    private const string Program = """
        import json, sys
        import numpy as np
        from sklearn import metrics as m
        from sklearn.isotonic import IsotonicRegression
        d = json.load(sys.stdin)
        out = {}
        p, y = np.array(d["binary"]["scores"]), np.array(d["binary"]["labels"], dtype=int)
        h = (p >= 0.5).astype(int)
        out["binary"] = {
            "roc_auc": m.roc_auc_score(y, p), "average_precision": m.average_precision_score(y, p), "brier_score": m.brier_score_loss(y, p),
            "log_loss": m.log_loss(y, p), "f1": m.f1_score(y, h), "f_beta": m.fbeta_score(y, h, beta=2), "accuracy": m.accuracy_score(y, h),
            "balanced_accuracy": m.balanced_accuracy_score(y, h), "matthews_correlation": m.matthews_corrcoef(y, h), "cohen_kappa": m.cohen_kappa_score(y, h),
            "precision": m.precision_score(y, h), "recall": m.recall_score(y, h)}
        y, k = np.array(d["multiclass"]["labels"], dtype=int), d["multiclass"]["outputs"]
        p = np.array(d["multiclass"]["scores"]).reshape(-1, k)
        h = p.argmax(axis=1)
        out["multiclass"] = {
            "accuracy": m.accuracy_score(y, h), "balanced_accuracy": m.balanced_accuracy_score(y, h), "log_loss": m.log_loss(y, p),
            "matthews_correlation": m.matthews_corrcoef(y, h), "cohen_kappa": m.cohen_kappa_score(y, h),
            "roc_auc_ovr_macro": m.roc_auc_score(y, p, multi_class="ovr"), "roc_auc_ovr_weighted": m.roc_auc_score(y, p, multi_class="ovr", average="weighted")}
        for a in ["macro", "weighted", "micro"]:
            for n, f in [("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score)]:
                out["multiclass"][n + "_" + a] = f(y, h, average=a, zero_division=0)
        f, y = np.array(d["numeric"]["scores"]), np.array(d["numeric"]["labels"])
        out["numeric"] = {
            "mse": m.mean_squared_error(y, f), "rmse": m.mean_squared_error(y, f, squared=False), "mae": m.mean_absolute_error(y, f),
            "median_absolute_error": m.median_absolute_error(y, f), "r2": m.r2_score(y, f), "mape": m.mean_absolute_percentage_error(y, f),
            "msle": m.mean_squared_log_error(y, f), "poisson_deviance": m.mean_poisson_deviance(y, f), "gamma_deviance": m.mean_gamma_deviance(y, f),
            "tweedie_deviance": m.mean_tweedie_deviance(y, f, power=1.5), "tweedie_deviance(1.2)": m.mean_tweedie_deviance(y, f, power=1.2),
            "pinball_loss(0.9)": m.mean_pinball_loss(y, f, alpha=0.9)}
        s, y, g = (np.array(d["ranking"][n]) for n in ["scores", "labels", "groups"])
        def by(f):
            return float(np.mean([f(y[g == q], s[g == q]) for q in np.unique(g) if y[g == q].max() > 0]))
        out["ranking"] = {
            "ndcg": by(lambda y, s: m.ndcg_score([2 ** y - 1], [s], k=10)), "ndcg(3)": by(lambda y, s: m.ndcg_score([2 ** y - 1], [s], k=3))}
        p, y = np.array(d["binary"]["scores"]), np.array(d["binary"]["labels"], dtype=float)
        fit = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(p, y)
        out["isotonic"] = [float(x) for x in fit.predict(p)]
        json.dump(out, sys.stdout)
        """;

    [Fact]
    public async Task EveryFigure_EqualsScikitLearns()
    {
        var rows = new Dictionary<string, ScoredRows>(StringComparer.Ordinal)
        {
            ["binary"] = TestRows.Binary(21),
            ["multiclass"] = TestRows.Multiclass(22),
            ["numeric"] = TestRows.Numeric(23),
            ["ranking"] = TestRows.Ranking(24),
        };
        var input = JsonSerializer.Serialize(rows.ToDictionary(r => r.Key, r => new
        {
            scores = r.Value.Scores.ToArray(), labels = r.Value.Labels.ToArray(), groups = r.Value.Groups.ToArray(), outputs = r.Value.Outputs,
        }));
        using var found = JsonDocument.Parse(await RunAsync(input, TestContext.Current.CancellationToken));
        var compared = 0;
        foreach (var (task, own) in rows)
        {
            foreach (var figure in found.RootElement.GetProperty(task).EnumerateObject())
            {
                Oracles.Oracle.Near(figure.Value.GetDouble(), TestRows.Value(own, figure.Name), 1e-9, $"{task} {figure.Name}");
                compared++;
            }
        }

        Assert.Equal(12 + 16 + 12 + 2, compared);
        bool[] labels = [.. rows["binary"].Labels.ToArray().Select(l => l == 1)];
        var isotonic = IsotonicCalibration.Fit(rows["binary"].Scores, labels, out _)!;
        Assert.Equal(
            [.. found.RootElement.GetProperty("isotonic").EnumerateArray().Select(x => Math.Round(x.GetDouble(), 10))],
            rows["binary"].Scores.ToArray().Select(s => Math.Round(isotonic.Apply(s), 10)));
    }

    private static async Task<string> RunAsync(string input, CancellationToken cancellation)
    {
        const string python = "/usr/bin/python3";
        if (!File.Exists(python))
        {
            Assert.Skip($"There is no {python}: nothing was compared with scikit-learn.");
        }

        using var process = Process.Start(new ProcessStartInfo(python, ["-c", Program]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It died before it read: its errors say why.
        }

        await process.WaitForExitAsync(cancellation);
        var said = await errors;
        if (said.Contains("ModuleNotFoundError", StringComparison.Ordinal))
        {
            Assert.Skip("scikit-learn is not installed: nothing was compared with it.");
        }

        Assert.True(process.ExitCode == 0, said);
        return await output;
    }
}
