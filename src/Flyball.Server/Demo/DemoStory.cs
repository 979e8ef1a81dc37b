using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text;
using Flyball.Client;
using Flyball.Engine.Time;
using Flyball.Retraining;
using Flyball.Server.Hosting;
using Flyball.Server.Tables;

namespace Flyball.Server.Demo;

/// <summary>
/// The main job, played from end to end through the server's own routes: gate, training, approval, serving, drift, retraining, canary,
/// refusal, rollback, reproduction, audit. A step that does not go as it must ends the story and fails it.
/// </summary>
internal sealed class DemoStory(DemoData data, FlyballHost host, FlyballClient client, ReplayClock clock, DemoTelling telling, DemoFindings findings)
{
    private const string DataScientist = "data-scientist";
    private const string Approver = "risk-approver";
    private const string Operator = "operator";
    private const string ModelPath = $"/v1/models/{DemoOptions.Model}";

    private readonly DemoReplay replay = new(data, client, clock);
    private int day = DemoOptions.HistoryDays;
    private int firstVersion;

    public async Task PlayAsync(CancellationToken cancellation)
    {
        await telling.StepAsync("ingest", "Importing 100 days through the gate", tell => IngestAsync(tell, cancellation));
        await telling.StepAsync("train", "Training the first version in a child process", _ => TrainAsync(cancellation));
        await telling.StepAsync("approve", "Approving and deploying it", _ => ApproveAsync(cancellation));
        await telling.StepAsync("serve", "Serving live requests", tell => ServeUntilDriftAsync(tell, cancellation));
        await telling.StepAsync("drift", "Amounts at a group of terminals change", tell => WaitForAlertAsync(tell, cancellation));
        await telling.StepAsync("retrain", "Waiting for labels of the new regime, then retraining", tell => RetrainAsync(tell, cancellation));
        await telling.StepAsync("canary", "The retrained version on a growing share", tell => CanaryAsync(tell, cancellation));
        await telling.StepAsync("refuse", "Training a candidate on shuffled labels", _ => RefuseAsync(cancellation));
        await telling.StepAsync("rollback", "Forcing a broken version past the gates", tell => RollbackAsync(tell, cancellation));
        await telling.StepAsync("reproduce predictions", "Drawing served predictions at random and making them again", _ => ReproducePredictionsAsync(cancellation));
        await telling.StepAsync("reproduce run", "Training the promoted run again", _ => ReproduceRunAsync(cancellation));
        await telling.StepAsync("audit", "Verifying the audit log", _ => AuditAsync(cancellation));
    }

    private async Task<string> IngestAsync(Action<string> tell, CancellationToken cancellation)
    {
        var until = data.Day(DemoOptions.HistoryDays);
        var history = data.Transactions.TakeWhile(t => t.EventTime < until).ToList();
        var report = await ImportAsync("transactions", BrokenRows.SpreadInto(DemoData.Csv(history)), cancellation);
        tell("Importing fraud reports");
        var reports = await ImportAsync("fraud_reports", DemoData.Csv(data.Reports.TakeWhile(r => r.EventTime < until)), cancellation);
        Require(report["accepted"]!.GetValue<long>() == history.Count, $"{history.Count} transactions are good, and the gate accepted {report["accepted"]}");
        Require(report["quarantined"]!.GetValue<long>() == BrokenRows.Count, $"{BrokenRows.Count} rows were broken, and the gate quarantined {report["quarantined"]}");
        var reasons = (report["reasons"] as JsonArray ?? []).SelectMany(r => r!["errors"] as JsonArray ?? []).Select(e => e!["code"]!.GetValue<string>()).Distinct().Order(StringComparer.Ordinal);
        return string.Create(CultureInfo.InvariantCulture, $"{report["accepted"]!.GetValue<long>():N0} transactions and {reports["accepted"]!.GetValue<long>():N0} fraud reports accepted; {report["quarantined"]} broken rows quarantined ({string.Join(", ", reasons)})");
    }

    private async Task<JsonObject> ImportAsync(string source, string csv, CancellationToken cancellation)
    {
        using var content = new StringContent(csv, Encoding.UTF8, new MediaTypeHeaderValue("text/csv"));
        using var response = await client.Http.PostAsync(new Uri($"/v1/imports/{source}?known_at=event_time", UriKind.Relative), content, cancellation);
        var document = (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation))!;
        return response.IsSuccessStatusCode ? document : throw new FlyballProblemException((int)response.StatusCode, document);
    }

    private async Task<string> TrainAsync(CancellationToken cancellation)
    {
        clock.MoveTo(data.Day(DemoOptions.HistoryDays));
        var trained = await client.PostAsync($"{ModelPath}/train", null, DataScientist, cancellation);
        telling.Table(GateTable.Of((JsonArray)trained["gates"]!));
        Require(GatesHold(trained), "the first version must pass its gates");
        firstVersion = trained["model_version"]!.GetValue<int>();
        findings.Model = new JsonObject
        {
            ["name"] = DemoOptions.Model,
            ["version"] = firstVersion,
            ["digest"] = trained["digest"]!.DeepClone(),
            ["average_precision"] = trained["metrics"]!["average_precision"]!.DeepClone(),
        };
        return string.Create(CultureInfo.InvariantCulture, $"version {firstVersion}, average precision {trained["metrics"]!["average_precision"]!.GetValue<double>():F3}, digest {Short(trained["digest"])}");
    }

    private async Task<string> ApproveAsync(CancellationToken cancellation)
    {
        await MustRefuseAsync(() => client.PostAsync($"{ModelPath}/versions/{firstVersion}/approve", new JsonObject { ["reason"] = "I trained it" }, DataScientist, cancellation), "its author may not approve a version of high risk");
        await client.PostAsync($"{ModelPath}/versions/{firstVersion}/approve", new JsonObject { ["reason"] = "gates hold on two weeks of frozen rows" }, Approver, cancellation);
        await client.PostAsync($"{ModelPath}/deploy", new JsonObject { ["version"] = firstVersion }, Operator, cancellation);
        return $"the author's own approval was refused; {Approver} approved; version {firstVersion} is champion";
    }

    private async Task<string> ServeUntilDriftAsync(Action<string> tell, CancellationToken cancellation)
    {
        while (day < DemoOptions.DriftDay)
        {
            await PlayDayAsync(tell, cancellation);
        }

        var alerts = await FiringAsync(cancellation);
        Require(alerts.Count == 0, $"nothing has drifted yet, and there are alerts: {alerts.ToJsonString()}");
        return string.Create(CultureInfo.InvariantCulture, $"{replay.Served:N0} predictions over {day - DemoOptions.HistoryDays} days, no alert");
    }

    private async Task<string> WaitForAlertAsync(Action<string> tell, CancellationToken cancellation)
    {
        findings.Drift["injected_at"] = data.Day(DemoOptions.DriftDay).ToString();
        while (day < DemoOptions.DriftDay + 14)
        {
            await PlayDayAsync(tell, cancellation);
            var named = (await FiringAsync(cancellation)).OfType<JsonObject>()
                .FirstOrDefault(a => a["kind"]!.GetValue<string>() == "feature_drift" && a["feature"]?.GetValue<string>().Contains("amount", StringComparison.Ordinal) == true);
            if (named is not null)
            {
                findings.Drift["detected_at"] = named["opened_at"]!.DeepClone();
                findings.Drift["feature"] = named["feature"]!.DeepClone();
                return $"injected at {findings.Drift["injected_at"]}, detected at {findings.Drift["detected_at"]} on {named["feature"]}";
            }
        }

        throw new DemoFailedException("No alert named an amount within two weeks of the drift.");
    }

    private async Task<string> RetrainAsync(Action<string> tell, CancellationToken cancellation)
    {
        while (day < LastDay)
        {
            await PlayDayAsync(tell, cancellation);
            var jobs = (JsonArray)(await client.GetAsync("/v1/retraining", cancellation))["jobs"]!;
            foreach (var job in jobs.OfType<JsonObject>())
            {
                var state = job["state"]!.GetValue<string>();
                if (state is "refused" or "failed")
                {
                    throw new DemoFailedException($"Retraining ended as {state}: {job.ToJsonString()}");
                }

                if (state is "rolling_out" or "done")
                {
                    var version = job["version"]!.GetValue<int>();
                    var retrained = await client.GetAsync($"{ModelPath}/versions/{version}", cancellation);
                    telling.Table(GateTable.Of((JsonArray)retrained["gates"]!));
                    findings.Retrain["run_id"] = retrained["run_id"]!.DeepClone();
                    findings.Retrain["promoted_version"] = null;
                    return $"version {version} of run {Short(retrained["run_id"])} passed its gates against the champion on the same frozen rows";
                }
            }
        }

        throw new DemoFailedException("Retraining did not happen before the data ended.");
    }

    private async Task<string> CanaryAsync(Action<string> tell, CancellationToken cancellation)
    {
        var rollout = await RolloutAsync(tell, cancellation);
        Require(rollout["state"]!.GetValue<string>() == "promoted", $"the retrained version must be promoted, and its rollout is {rollout.ToJsonString()}");
        findings.Retrain["promoted_version"] = rollout["candidate"]!.DeepClone();
        var steps = (JsonArray)rollout["definition"]!["steps"]!;
        var taken = ((JsonArray)rollout["events"]!).Select(e => e!["step"]!.GetValue<int>()).Distinct().Select(step => steps[step]!.GetValue<decimal>().ToString("0.#%", CultureInfo.InvariantCulture));
        return $"version {rollout["candidate"]} passed at {string.Join(", ", taken)} of the traffic and is champion";
    }

    private async Task<string> RefuseAsync(CancellationToken cancellation)
    {
        var refused = await client.PostAsync($"{ModelPath}/train", new JsonObject { ["permute_labels"] = 13 }, DataScientist, cancellation);
        telling.Table(GateTable.Of((JsonArray)refused["gates"]!));
        Require(!GatesHold(refused) && refused["state"]!.GetValue<string>() == "refused", "a model of shuffled labels must be refused");
        var reason = string.Join("; ", ((JsonArray)refused["gates"]!).Where(g => !g!["ok"]!.GetValue<bool>()).Select(g => g!["gate"]!.GetValue<string>()));
        findings.Refused["version"] = refused["model_version"]!.DeepClone();
        findings.Refused["reason"] = reason;
        await MustRefuseAsync(() => client.PostAsync($"{ModelPath}/versions/{refused["model_version"]}/approve", new JsonObject { ["reason"] = "please" }, Approver, cancellation), "a refused version may not be approved without break-glass");
        return $"version {refused["model_version"]} refused: {reason}";
    }

    private async Task<string> RollbackAsync(Action<string> tell, CancellationToken cancellation)
    {
        var champion = await ChampionAsync(cancellation);
        var bundle = await client.Http.GetByteArrayAsync(new Uri($"{ModelPath}/versions/{champion}/bundle", UriKind.Relative), cancellation);
        var broken = await UploadAsync(BrokenVersion.From(bundle), cancellation);
        var version = broken["model_version"]!.GetValue<int>();
        Require(broken["state"]!.GetValue<string>() == "refused", "the gates must refuse a version whose scores are not numbers");
        await client.PostAsync($"{ModelPath}/versions/{version}/approve", new JsonObject { ["override"] = true, ["reason"] = "break-glass drill" }, Approver, cancellation);
        await client.PostAsync($"{ModelPath}/rollouts", new JsonObject { ["version"] = version }, Operator, cancellation);
        var degradedBefore = replay.Degraded;
        var rollout = await RolloutAsync(tell, cancellation);
        Require(rollout["state"]!.GetValue<string>() == "rolled_back", $"the broken version must be rolled back, and its rollout is {rollout.ToJsonString()}");
        Require(await ChampionAsync(cancellation) == champion, "the champion must be the one from before");
        findings.Rollback["from"] = version;
        findings.Rollback["to"] = champion;
        return $"gates refused version {version}, break-glass forced it, the canary rolled it back to {champion} ({rollout["reason"]?.GetValue<string>()}); {replay.Degraded - degradedBefore} requests were answered by the champion instead, none failed";
    }

    private async Task<string> ReproducePredictionsAsync(CancellationToken cancellation)
    {
        var parity = await client.PostAsync($"{ModelPath}/reproduce?sample={DemoOptions.Reproduced}&seed=200", cancellation: cancellation);
        findings.Predictions["served"] = replay.Served;
        findings.Predictions["reproduced"] = parity["compared"]!.DeepClone();
        findings.Predictions["identical"] = parity["identical"]!.DeepClone();
        Require(parity["compared"]!.GetValue<int>() == DemoOptions.Reproduced && parity["identical"]!.GetValue<int>() == DemoOptions.Reproduced, $"every prediction must come out the same: {parity.ToJsonString()}");
        Require(parity["served"]!.GetValue<long>() == replay.Scored, $"{replay.Scored} predictions were scored by versions and the log holds {parity["served"]}");
        return string.Create(CultureInfo.InvariantCulture, $"{parity["identical"]} of {parity["compared"]} identical bit for bit, drawn from {replay.Served:N0} served");
    }

    private async Task<string> ReproduceRunAsync(CancellationToken cancellation)
    {
        var again = await client.PostAsync($"/v1/runs/{findings.Retrain["run_id"]!.GetValue<string>()}/reproduce", null, DataScientist, cancellation);
        Require(again["identical"]!.GetValue<bool>(), $"training again must give the same bytes: {again.ToJsonString()}");
        return $"digest {Short(again["digest"])} again";
    }

    private async Task<string> AuditAsync(CancellationToken cancellation)
    {
        var verified = await client.GetAsync("/v1/audit/verify", cancellation);
        findings.Audit["entries"] = verified["entries"]!.DeepClone();
        findings.Audit["verified"] = verified["verified"]!.DeepClone();
        Require(verified["verified"]!.GetValue<bool>(), verified.ToJsonString());
        return $"{verified["entries"]} entries, tree and signature verified";
    }

    private int LastDay => (int)((data.Transactions[^1].EventTime.Micros - data.Start.Micros) / Clock.MicrosPerDay);

    /// <summary>Plays a day and what the server's own loops would do in it: rollouts each hour, the daily check and due retraining at its end.</summary>
    private async Task PlayDayAsync(Action<string> tell, CancellationToken cancellation)
    {
        tell(string.Create(CultureInfo.InvariantCulture, $"Day {day}: {data.Day(day).ToDateTimeOffset():yyyy-MM-dd}, {replay.Served:N0} predictions"));
        await replay.DayAsync(day, () => EvaluateRolloutsAsync(cancellation), cancellation);
        await client.PostAsync($"{ModelPath}/checks", new JsonObject { ["from"] = data.Day(day).ToString(), ["to"] = data.Day(day + 1).ToString() }, Operator, cancellation);
        await host.Services.GetRequiredService<RetrainJobs>().RunDueAsync(clock.Now, cancellation);
        day++;
    }

    private async Task EvaluateRolloutsAsync(CancellationToken cancellation)
    {
        foreach (var rollout in await RunningAsync(cancellation))
        {
            await client.PostAsync($"/v1/rollouts/{rollout}/evaluate", null, Operator, cancellation);
        }
    }

    private async Task<JsonObject> RolloutAsync(Action<string> tell, CancellationToken cancellation)
    {
        var running = await RunningAsync(cancellation);
        var id = running.Count > 0 ? running[0] : await NewestAsync(cancellation);
        while (true)
        {
            var rollout = await client.GetAsync($"/v1/rollouts/{id}", cancellation);
            if (rollout["state"]!.GetValue<string>() != "running" || day >= LastDay)
            {
                return rollout;
            }

            await PlayDayAsync(tell, cancellation);
        }
    }

    private async Task<List<string>> RunningAsync(CancellationToken cancellation) =>
        [.. ((JsonArray)(await client.GetAsync("/v1/rollouts", cancellation))["rollouts"]!).Where(r => r!["state"]!.GetValue<string>() == "running").Select(r => r!["id"]!.GetValue<string>())];

    private async Task<string> NewestAsync(CancellationToken cancellation) =>
        ((JsonArray)(await client.GetAsync("/v1/rollouts", cancellation))["rollouts"]!)[0]!["id"]!.GetValue<string>();

    private async Task<JsonArray> FiringAsync(CancellationToken cancellation) =>
        new([.. ((JsonArray)(await client.GetAsync("/v1/alerts", cancellation))["alerts"]!).Where(a => a!["state"]!.GetValue<string>() == "firing").Select(a => a!.DeepClone())]);

    private async Task<int> ChampionAsync(CancellationToken cancellation) =>
        (await client.GetAsync(ModelPath, cancellation))["champion"]!.GetValue<int>();

    private async Task<JsonObject> UploadAsync(byte[] bundle, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{ModelPath}/versions", UriKind.Relative)) { Content = new ByteArrayContent(bundle) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        request.Headers.Add(Access.AccessMiddleware.ActorHeader, DataScientist);
        using var response = await client.Http.SendAsync(request, cancellation);
        var document = (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation))!;
        return response.IsSuccessStatusCode ? document : throw new FlyballProblemException((int)response.StatusCode, document);
    }

    private static async Task MustRefuseAsync(Func<Task> attempt, string rule)
    {
        try
        {
            await attempt();
        }
        catch (FlyballProblemException e) when (e.Status is 403 or 409)
        {
            return;
        }

        throw new DemoFailedException($"The server allowed what it must refuse: {rule}.");
    }

    private static bool GatesHold(JsonObject trained) => ((JsonArray)trained["gates"]!).All(g => g!["ok"]!.GetValue<bool>());

    private static string Short(JsonNode? digest) => digest!.GetValue<string>()[..12];

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new DemoFailedException(otherwise);
        }
    }
}
