using System.Globalization;
using Flyball.Access;
using Flyball.Registry;
using static Flyball.Server.Protocols.Mlflow.MlflowRoute;
using static Flyball.Server.Protocols.Mlflow.RegistryAccess;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>Registered models and their aliases.</summary>
internal static class RegisteredModelRoutes
{
    private const int MostResults = 1_000;
    private const int UsualResults = 100;

    public static IEnumerable<MlflowRoute> All { get; } =
    [
        Post("/registered-models/create", "Register a model", CreateAsync),
        Post("/registered-models/rename", "Rename a model", RenameAsync),
        Patch("/registered-models/update", "Describe a model", DescribeAsync),
        Delete("/registered-models/delete", "Delete a model with its versions", DeleteAsync) with { Permission = Permission.Operate },
        Get("/registered-models/get", "One model", call => One(call, Model(call))),
        Get("/registered-models/search", "Search models", Search),
        Ask("/registered-models/get-latest-versions", "The highest version of each stage", Latest),
        Get("/registered-models/get-latest-versions", "The highest version of each stage", Latest),
        Post("/registered-models/set-tag", "Tag a model", TagAsync),
        Delete("/registered-models/delete-tag", "Remove a tag of a model", UntagAsync),
        Get("/registered-models/alias", "The version an alias stands for", ByAlias),
        Post("/registered-models/alias", "Point an alias to a version", AliasAsync) with { Permission = Permission.Operate },
        Delete("/registered-models/alias", "Remove an alias", RemoveAliasAsync) with { Permission = Permission.Operate },
    ];

    private static MlflowAnswer One(MlflowCall call, RegisteredModel model)
    {
        var latest = call.Registry().Labels.Latest(model.Name);
        return new MlflowAnswer(json =>
        {
            json.WritePropertyName("registered_model");
            RegistryJsonWriter.Model(json, model, latest);
        });
    }

    private static async Task<MlflowAnswer> CreateAsync(MlflowCall call)
    {
        var name = call.Required("name");
        var draft = new ModelDraft(name) { Description = call.Text("description"), Tags = Tags(call), IdempotencyKey = call.IdempotencyKey };
        return One(call, await MadeAsync(call.Registry().Names.CreateAsync(draft, call.CallerOf(), call.Stop), taken: name));
    }

    private static async Task<MlflowAnswer> RenameAsync(MlflowCall call)
    {
        var name = Model(call).Name;
        var to = call.Required("new_name");
        return One(call, await MadeAsync(call.Registry().Names.RenameAsync(name, to, call.CallerOf(), null, call.Stop), taken: to));
    }

    private static async Task<MlflowAnswer> DescribeAsync(MlflowCall call) =>
        One(call, await MadeAsync(call.Registry().Names.DescribeAsync(Model(call).Name, call.Text("description"), call.CallerOf(), null, call.Stop)));

    private static Task<MlflowAnswer> DeleteAsync(MlflowCall call) =>
        ExperimentRoutes.DoneAsync(MadeAsync(call.Registry().Names.DeleteAsync(Model(call).Name, call.CallerOf(), null, call.Stop)));

    private static MlflowAnswer Search(MlflowCall call)
    {
        var page = call.Queries().Models(call.Text("filter"), call.Texts("order_by"), call.Limit(MostResults, UsualResults), call.Text("page_token"));
        var labels = call.Registry().Labels;
        return new MlflowAnswer(json =>
        {
            MlflowJson.List(json, "registered_models", page.Found, (j, model) => RegistryJsonWriter.Model(j, model, labels.Latest(model.Name)));
            MlflowJson.Given(json, "next_page_token", page.NextPage);
        });
    }

    private static MlflowAnswer Latest(MlflowCall call)
    {
        var model = Model(call);
        var stages = call.Texts("stages").Select(stage => VersionStages.TryParse(stage, out var known)
            ? known
            : throw MlflowException.Invalid($"Invalid Model Version stage: {stage}. Value must be one of {string.Join(", ", VersionStages.All)}.")).ToList();
        var latest = call.Registry().Labels.Latest(model.Name, stages);
        return new MlflowAnswer(json => MlflowJson.List(json, "model_versions", latest, (j, version) => RegistryJsonWriter.Version(j, version, null)));
    }

    private static Task<MlflowAnswer> TagAsync(MlflowCall call) =>
        ExperimentRoutes.DoneAsync(MadeAsync(call.Registry().Names.SetTagAsync(Model(call).Name, call.Required("key"), call.Text("value") ?? "", call.CallerOf(), null, call.Stop)));

    private static Task<MlflowAnswer> UntagAsync(MlflowCall call) =>
        ExperimentRoutes.DoneAsync(MadeAsync(call.Registry().Names.DeleteTagAsync(Model(call).Name, call.Required("key"), call.CallerOf(), null, call.Stop)));

    private static MlflowAnswer ByAlias(MlflowCall call)
    {
        // An alias that stands for nothing is an invalid value in this protocol, and so is one of no model.
        var (name, alias) = (call.Required("name"), call.Required("alias"));
        return VersionRoutes.One(call, call.Registry().Aliases.Find(name, alias) ?? throw MlflowException.Invalid($"Registered model alias {alias} not found."));
    }

    private static Task<MlflowAnswer> AliasAsync(MlflowCall call)
    {
        var alias = call.Required("alias");
        var version = Version(call).Version;
        return ExperimentRoutes.DoneAsync(MadeAsync(call.Registry().Aliases.SetAsync(version.Model, alias, version.Version, Expected(call), call.CallerOf(), null, call.Stop)));
    }

    private static Task<MlflowAnswer> RemoveAliasAsync(MlflowCall call) =>
        ExperimentRoutes.DoneAsync(MadeAsync(call.Registry().Aliases.DeleteAsync(Model(call).Name, call.Required("alias"), Expected(call), call.CallerOf(), null, call.Stop)));

    /// <summary>Compare-and-set, which the protocol has no member for: <c>If-Match: "3"</c> moves the alias only from version 3.</summary>
    private static AliasExpectation? Expected(MlflowCall call)
    {
        var match = call.Context.Request.Headers.IfMatch.ToString().Trim('"');
        return match.Length == 0 ? null
            : int.TryParse(match, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? new AliasExpectation(version)
            : throw MlflowException.Invalid("If-Match", MlflowValue.Shown(match), "it is the version that the alias stands for");
    }
}
