using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Training;

namespace Flyball.Serving;

/// <summary>Reads <c>serve: request:</c>. A value that is to stand for a field passes the contract here, once, so that it need not at every request.</summary>
internal static class RequestPolicyReader
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static RequestPolicy Read(YamlSection serve, ModelPlan model, ProblemList problems)
    {
        if (serve.Section("request") is not { } section)
        {
            return RequestPolicy.Strict;
        }

        var ignores = section.Text("unknown_fields") switch
        {
            null or "refuse" => false,
            "ignore" => true,
            _ => Unknown(section.At("unknown_fields"), problems),
        };
        var stands = new Dictionary<string, Value>(StringComparer.Ordinal);
        ReadDefaults(section.Section("defaults"), model, stands, problems);
        ReadMissing(section.Section("missing"), model, stands, problems);
        section.Finish();
        return ignores || stands.Count > 0 ? new RequestPolicy(ignores, stands) : RequestPolicy.Strict;
    }

    private static bool Unknown(ProblemLocation where, ProblemList problems)
    {
        problems.Add(new Problem("FLY3960", "unknown_fields is neither refuse nor ignore.", where, "Write one of the two."));
        return false;
    }

    private static void ReadDefaults(YamlSection? section, ModelPlan model, Dictionary<string, Value> stands, ProblemList problems)
    {
        var written = section?.ToJson();
        foreach (var entry in section?.Entries() ?? [])
        {
            if (ColumnOf(entry, model, problems) is not { } column)
            {
                continue;
            }

            if (written![entry.Name] is not { } value)
            {
                problems.Add(new Problem("FLY3962", $"The default of {entry.Name} is no value.", entry.Where, "Give one, or name the field under missing: to read it as null."));
            }
            else if (ValueOf(entry, column, value, model.Vector.Request, problems) is { } read)
            {
                stands[entry.Name] = read;
            }
        }
    }

    private static void ReadMissing(YamlSection? section, ModelPlan model, Dictionary<string, Value> stands, ProblemList problems)
    {
        foreach (var entry in section?.Entries() ?? [])
        {
            if (ColumnOf(entry, model, problems) is not { } column)
            {
                continue;
            }

            var field = model.Vector.Request.Fields[column];
            if (entry.Text is not null || entry.Section is not null)
            {
                problems.Add(new Problem("FLY3962", $"{entry.Name} can only be read as null here.", entry.Where, "Write null, or give the field a value under defaults:."));
            }
            else if (!field.Required && field.NullPolicy != NullPolicy.Refuse)
            {
                problems.Add(new Problem("FLY3961", $"{entry.Name} may be absent by its contract.", entry.Where, "Leave it out here, or give it a value under defaults:."));
            }
            else if (!stands.TryAdd(entry.Name, Value.Null))
            {
                problems.Add(new Problem("FLY3961", $"{entry.Name} has a default as well.", entry.Where, "Keep one of the two."));
            }
        }
    }

    /// <summary>The column a value may stand for. What says whose request it is and when is never made up.</summary>
    private static int? ColumnOf(YamlEntry entry, ModelPlan model, ProblemList problems)
    {
        var contract = model.Vector.Request;
        var column = contract.Schema.IndexOf(entry.Name);
        if (column < 0)
        {
            var nearest = NearestName.Of(entry.Name, contract.Fields.Select(f => f.Name));
            problems.Add(new Problem(
                "FLY3961", $"{entry.Name} is no field of {contract.Source}.", entry.Where, nearest is null ? $"The fields are {string.Join(", ", contract.Fields.Select(f => f.Name))}." : $"Did you mean '{nearest}'?"));
            return null;
        }

        var what = column == contract.EventTimeIndex ? "the event time"
            : contract.PrimaryKey.Contains(column) ? "part of the key"
            : model.Vector.Entities.Any(e => e.RequestColumn == column) ? "the key of an entity"
            : column == model.UnknownColumn ? "the label, which may be absent anyway"
            : contract.Fields[column].Privacy != PrivacyTreatment.Keep ? "personal"
            : null;
        if (what is not null)
        {
            problems.Add(new Problem("FLY3961", $"Nothing can stand for {entry.Name}: it is {what}.", entry.Where, "Leave it out here."));
        }

        return what is null ? column : null;
    }

    private static Value? ValueOf(YamlEntry entry, int column, JsonNode value, ContractPlan contract, ProblemList problems)
    {
        var row = new Value[contract.Schema.Fields.Count];
        var found = new RowProblems();
        var json = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { [entry.Name] = value.DeepClone() }, Plain);
        if (RowReader.ForRequest(contract, [.. Enumerable.Range(0, row.Length).Where(c => c != column)]).Read(json, row, found) && !row[column].IsNull)
        {
            return row[column];
        }

        var why = found.Count > 0 ? found.ToList()[0].Message : "It is null.";
        problems.Add(new Problem("FLY3962", $"The default of {entry.Name} breaks the contract: {why}", entry.Where, "Give a value that a request could have."));
        return null;
    }
}
