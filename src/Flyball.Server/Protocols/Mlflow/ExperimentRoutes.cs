using System.Globalization;
using System.Text.RegularExpressions;
using Flyball.Training.Tracking;
using static Flyball.Server.Protocols.Mlflow.MlflowRoute;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>Experiments.</summary>
internal static partial class ExperimentRoutes
{
    public static readonly string[] Views = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"];

    private const int MostResults = 50_000;

    public static IEnumerable<MlflowRoute> All { get; } =
    [
        Post("/experiments/create", "Create an experiment", CreateAsync),
        Ask("/experiments/search", "Search experiments", Search),
        Get("/experiments/search", "Search experiments", Search),
        Get("/experiments/get", "One experiment", call => One(call.Tracking.Experiments.Get(IdOf(call)))),
        Get("/experiments/get-by-name", "One experiment by its name", ByName),
        Post("/experiments/delete", "Delete an experiment with its runs", call => DoneAsync(call.Tracking.Experiments.DeleteAsync(IdOf(call), call.Stop))),
        Post("/experiments/restore", "Restore an experiment with its runs", call => DoneAsync(call.Tracking.Experiments.RestoreAsync(IdOf(call), call.Stop))),
        Post("/experiments/update", "Rename an experiment", RenameAsync),
        Post("/experiments/set-experiment-tag", "Tag an experiment", call => DoneAsync(call.Tracking.Experiments.SetTagAsync(IdOf(call), new KeyText(call.Required("key"), call.Required("value")), call.Stop))),
        Post("/experiments/delete-experiment-tag", "Remove a tag of an experiment", call => DoneAsync(call.Tracking.Experiments.DeleteTagAsync(IdOf(call), call.Required("key"), call.Stop))),
        Ask("/experiments/search-datasets", "Datasets that runs of experiments read", Datasets),
    ];

    /// <summary>Waits, and answers an empty object.</summary>
    public static async Task<MlflowAnswer> DoneAsync(Task done)
    {
        await done;
        return MlflowAnswer.Done;
    }

    /// <summary>The number of an experiment that must be named.</summary>
    public static long IdOf(MlflowCall call) => IdOf(call.Required("experiment_id", isId: true));

    /// <summary>The number of an experiment; a good id that is no number is one of none.</summary>
    public static long IdOf(string id) =>
        !Form().IsMatch(id) ? throw MlflowException.Invalid("experiment_id", MlflowValue.Shown(id), "an id has letters, digits, '_' and '-'")
        : long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw TrackingProblems.NoExperiment(id);

    public static IReadOnlyList<long> IdsOf(MlflowCall call) =>
        [.. call.Texts("experiment_ids", isId: true).Select(id => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).Distinct()];

    public static LifecycleView ViewOf(MlflowCall call, string name) =>
        call.OneOf(name, Views, first: 1) is { } view ? (LifecycleView)(Array.IndexOf(Views, view) + 1) : LifecycleView.ActiveOnly;

    private static async Task<MlflowAnswer> CreateAsync(MlflowCall call)
    {
        var id = await call.Tracking.Experiments.CreateAsync(call.Required("name"), call.Text("artifact_location"), call.Pairs("tags"), call.Mark("experiment"), call.Stop);
        return new MlflowAnswer(json => json.WriteString("experiment_id", MlflowJson.Text(id)));
    }

    private static MlflowAnswer Search(MlflowCall call)
    {
        var page = call.Tracking.Search.Experiments(call.Text("filter"), call.Texts("order_by"), ViewOf(call, "view_type"), call.Limit(MostResults, usual: null), call.Text("page_token"));
        return new MlflowAnswer(json =>
        {
            MlflowJson.List(json, "experiments", page.Found, MlflowJson.Experiment);
            MlflowJson.Given(json, "next_page_token", page.NextPage);
        });
    }

    private static MlflowAnswer One(TrackedExperiment experiment) => new(json =>
    {
        json.WritePropertyName("experiment");
        MlflowJson.Experiment(json, experiment);
    });

    private static MlflowAnswer ByName(MlflowCall call)
    {
        var name = call.Required("experiment_name");
        return One(call.Tracking.Experiments.Find(name) ?? throw TrackingProblems.NotFound($"Could not find experiment with name '{name}'"));
    }

    private static Task<MlflowAnswer> RenameAsync(MlflowCall call)
    {
        var id = IdOf(call);
        return call.Text("new_name") is { Length: > 0 } name ? DoneAsync(call.Tracking.Experiments.RenameAsync(id, name, call.Stop)) : Task.FromResult(MlflowAnswer.Done);
    }

    private static MlflowAnswer Datasets(MlflowCall call)
    {
        var found = call.Tracking.Experiments.Datasets(IdsOf(call));
        return new MlflowAnswer(json => MlflowJson.List(json, "dataset_summaries", found, (j, d) =>
        {
            j.WriteStartObject();
            j.WriteString("experiment_id", MlflowJson.Text(d.ExperimentId));
            j.WriteString("name", d.Name);
            j.WriteString("digest", d.Digest);
            MlflowJson.Given(j, "context", d.Context);
            j.WriteEndObject();
        }));
    }

    [GeneratedRegex(@"^[a-zA-Z0-9][\w-]{0,63}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
