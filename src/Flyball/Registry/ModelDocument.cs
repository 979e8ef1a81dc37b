using Flyball.Engine.Time;

namespace Flyball.Registry;

/// <summary>A registered model as answers show it.</summary>
internal sealed record ModelDocument(
    string Model, string? Description, string CreatedBy, string CreatedAt, string UpdatedAt, IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, int> Aliases)
{
    public static ModelDocument Of(RegisteredModel model) => new(
        model.Name, model.Description, model.CreatedBy, new EventTime(model.CreatedMicros).ToString(), new EventTime(model.UpdatedMicros).ToString(), model.Tags, model.Aliases);
}
