using System.Data;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Registry.Events;
using Flyball.Registry.Ledger;

namespace Flyball.Registry;

/// <summary>
/// The names that versions stand under: registered, described, tagged, renamed and deleted. Thread-safe; a change and a refusal leave an
/// audit entry, a change an entry of the ledger as well.
/// </summary>
public sealed class RegisteredModels
{
    private const string ModelObject = "model";

    private readonly RegistryChanges changes;

    internal RegisteredModels(RegistryChanges changes) => this.changes = changes;

    /// <summary>Null when there is none of this name. Cost: three lookups, however many versions it has.</summary>
    public RegisteredModel? Find(string name) => changes.Catalog.Read(c => ModelStore.Find(c, null, name));

    /// <summary>Every model, by name.</summary>
    public IReadOnlyList<string> Names() => changes.Catalog.Read(c =>
        Dapper.SqlMapper.Query<string>(c, "SELECT model FROM registered_models WHERE deleted_micros IS NULL ORDER BY model").ToList());

    /// <summary>Registers a model. A name that is taken is refused (FLY3340), unless the draft's idempotency key made that model.</summary>
    public async Task<RegistryOutcome<RegisteredModel>> CreateAsync(ModelDraft draft, Caller caller, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(draft);
        List<Problem> bad = [.. Some(RegistryNames.JudgeModel(draft.Name)), .. Some(RegistryNames.JudgeText(draft.Description, "description")), .. Some(RegistryNames.JudgeKey(draft.IdempotencyKey))];
        bad.AddRange(draft.Tags.SelectMany(t => RegistryNames.JudgeTag(t.Key, t.Value)));
        if (bad.Count > 0)
        {
            return new RegistryOutcome<RegisteredModel>(null, bad);
        }

        var body = IdempotentCreates.BodyOf(new JsonObject { ["name"] = draft.Name, ["description"] = draft.Description, ["tags"] = ModelStore.TagsOf(draft.Tags) });
        if (changes.Catalog.Read(c => IdempotentCreates.Find(c, null, IdempotentCreates.Models, draft.IdempotencyKey)) is { } made && IdempotentCreates.Judge(made, body) is null)
        {
            return new RegistryOutcome<RegisteredModel>(Find(made.Model)!, []);
        }

        return await changes.MakeAsync(
            () => new RegistryAct(caller, "model.create", ModelObject, draft.Name, draft.Reason),
            (c, t) => IdempotentCreates.Find(c, t, IdempotentCreates.Models, draft.IdempotencyKey) is { } before
                ? Some(IdempotentCreates.Judge(before, body))
                : ModelStore.Exists(c, t, draft.Name)
                    ? [new Problem("FLY3340", $"The model {draft.Name} is registered already.", new ProblemLocation(Field: "name"), "Add versions to it, or choose another name.")]
                    : [],
            change =>
            {
                // A twin of this request may have come between.
                if (IdempotentCreates.Find(change.Connection, change.Transaction, IdempotentCreates.Models, draft.IdempotencyKey) is null)
                {
                    ModelStore.Insert(change, draft);
                    IdempotentCreates.Keep(change, IdempotentCreates.Models, draft.IdempotencyKey, body, draft.Name, null);
                }

                return ModelStore.Find(change.Connection, change.Transaction, draft.Name)!;
            },
            cancellation);
    }

    /// <summary>Gives a model another name. Refused for one that has versions of the project's model: their name is in the project's files.</summary>
    public Task<RegistryOutcome<RegisteredModel>> RenameAsync(string name, string newName, Caller caller, string? reason, CancellationToken cancellation) =>
        RegistryNames.JudgeModel(newName) is { } bad
            ? Task.FromResult(new RegistryOutcome<RegisteredModel>(null, [bad]))
            : changes.MakeAsync(
                () => new RegistryAct(caller, "model.rename", ModelObject, name, reason) { Details = new JsonObject { ["new_name"] = newName } },
                (c, t) => !ModelStore.Exists(c, t, name) ? [ModelStore.Unknown(name)]
                    : name == newName ? []
                    : ModelStore.Exists(c, t, newName) ? [new Problem("FLY3340", $"The model {newName} is registered already.", new ProblemLocation(Field: "new_name"), "Choose another name.")]
                    : Some(OfProject(c, t, name, "renamed")),
                change =>
                {
                    if (name != newName)
                    {
                        change.Execute("UPDATE registered_models SET model = @newName, updated_micros = @micros WHERE model = @name", new { newName, micros = change.Now.Micros, name });
                        change.Enter(newName, new LedgerChange(LedgerKinds.ModelRenamed, null, name, newName));
                        change.Tell(newName, EventNames.Model, EventNames.Updated, new JsonObject { ["name"] = newName, ["old_name"] = name });
                    }

                    return ModelStore.Find(change.Connection, change.Transaction, newName)!;
                },
                cancellation);

    public Task<RegistryOutcome<RegisteredModel>> DescribeAsync(string name, string? description, Caller caller, string? reason, CancellationToken cancellation) =>
        ChangeAsync(name, "model.describe", caller, reason, Some(RegistryNames.JudgeText(description, "description")), change =>
        {
            var old = change.One<string>("SELECT description FROM registered_models WHERE model = @name", new { name });
            if (old != description)
            {
                change.Execute("UPDATE registered_models SET description = @description WHERE model = @name", new { description, name });
                change.Touch(name);
                change.Enter(name, new LedgerChange(LedgerKinds.ModelDescription, null, old, description));
                change.Tell(name, EventNames.Model, EventNames.Updated, new JsonObject { ["name"] = name, ["description"] = description });
            }
        }, cancellation);

    /// <summary>Sets a tag, or replaces its value.</summary>
    public Task<RegistryOutcome<RegisteredModel>> SetTagAsync(string name, string key, string value, Caller caller, string? reason, CancellationToken cancellation) =>
        ChangeAsync(name, "model.tag", caller, reason, [.. RegistryNames.JudgeTag(key, value)], change => TagStore.Set(change, name, key, value), cancellation);

    /// <summary>Sets tags of the registry itself, or takes away those that are null.</summary>
    internal Task<RegistryOutcome<RegisteredModel>> OwnTagsAsync(
        (string Name, string Action) what, IReadOnlyList<(string Key, string? Value)> tags, Caller caller, string? reason, CancellationToken cancellation) =>
        ChangeAsync(
            what.Name,
            what.Action,
            caller,
            reason,
            [],
            change =>
            {
                foreach (var (key, value) in tags)
                {
                    TagStore.Set(change, what.Name, key, value);
                }
            },
            cancellation);

    /// <summary>Takes a tag away; one that is not there is none afterwards as well.</summary>
    public Task<RegistryOutcome<RegisteredModel>> DeleteTagAsync(string name, string key, Caller caller, string? reason, CancellationToken cancellation) =>
        ChangeAsync(name, "model.untag", caller, reason, [.. RegistryNames.JudgeTag(key, null)], change => TagStore.Set(change, name, key, null), cancellation);

    /// <summary>
    /// Deletes a model with its versions: its name is free, and a model that takes it counts from 1. The ledger, the audit log and the
    /// blobs keep what was. Refused while it has versions that Flyball judged: what they decided names them.
    /// </summary>
    public Task<RegistryOutcome<RegisteredModel>> DeleteAsync(string name, Caller caller, string? reason, CancellationToken cancellation) => changes.MakeAsync(
        () => new RegistryAct(caller, "model.delete", ModelObject, name, reason),
        (c, t) => ModelStore.Exists(c, t, name) ? Some(OfProject(c, t, name, "deleted")) : [ModelStore.Unknown(name)],
        change =>
        {
            var gone = ModelStore.Find(change.Connection, change.Transaction, name)!;
            foreach (var alias in gone.Aliases.Keys)
            {
                VersionStore.Point(change, name, alias, null);
            }

            change.Execute("UPDATE versions SET deleted_micros = @micros WHERE model = @name AND deleted_micros IS NULL", new { micros = change.Now.Micros, name });
            change.Enter(name, new LedgerChange(LedgerKinds.ModelDeleted, null, name, null));
            change.Tell(name, EventNames.Model, EventNames.Deleted, new JsonObject { ["name"] = name });
            var grave = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}/{change.IdOf(name)}");
            change.Execute("UPDATE registered_models SET model = @grave, deleted_micros = @micros WHERE model = @name", new { grave, micros = change.Now.Micros, name });
            return gone;
        },
        cancellation);

    private async Task<RegistryOutcome<RegisteredModel>> ChangeAsync(
        string name, string action, Caller caller, string? reason, IReadOnlyList<Problem> bad, Action<RegistryTransaction> apply, CancellationToken cancellation) => bad.Count > 0
        ? new RegistryOutcome<RegisteredModel>(null, bad)
        : await changes.MakeAsync(
            () => new RegistryAct(caller, action, ModelObject, name, reason),
            (c, t) => ModelStore.Exists(c, t, name) ? [] : [ModelStore.Unknown(name)],
            change =>
            {
                apply(change);
                return ModelStore.Find(change.Connection, change.Transaction, name)!;
            },
            cancellation);

    private static Problem? OfProject(IDbConnection c, IDbTransaction? t, string name, string what) =>
        Dapper.SqlMapper.ExecuteScalar<int>(c, "SELECT COUNT(*) FROM versions WHERE model = @name AND form = 'bundle'", new { name }, t) == 0
            ? null
            : new Problem(
                "FLY3347", $"The model {name} has versions that were judged here, and cannot be {what}.", new ProblemLocation(Field: "name"), "Retire its versions, and leave its name: predictions and the audit log know it.");

    private static IReadOnlyList<Problem> Some(Problem? problem) => problem is null ? [] : [problem];
}
