using Flyball.Contracts.Privacy;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Versions;

/// <summary>An earlier version of a contract that is accepted beside the one in force. Immutable.</summary>
public sealed class EarlierContract
{
    private EarlierContract(ContractPlan present, ContractPlan plan, EventTime until, IReadOnlyList<int> columns)
    {
        Present = present;
        Plan = plan;
        Until = until;
        Columns = columns;
    }

    /// <summary>The version in force.</summary>
    public ContractPlan Present { get; }

    /// <summary>The earlier version, compiled from the text that was applied.</summary>
    public ContractPlan Plan { get; }

    /// <summary>The first instant at which it is not accepted any more.</summary>
    public EventTime Until { get; }

    /// <summary>For each column of the earlier version its place in the present one; -1 for one that is gone, whose values are not stored.</summary>
    public IReadOnlyList<int> Columns { get; }

    /// <summary>Fits an earlier version to the present one.</summary>
    /// <param name="present">In force.</param>
    /// <param name="earlier">The applied plan of the version asked for; null when there is none.</param>
    /// <param name="accepted">What the present contract asks for.</param>
    /// <exception cref="FlyballException">FLY1271: no such version was applied. FLY1272: its rows cannot be stored as rows of the present one.</exception>
    public static EarlierContract Join(ContractPlan present, ContractPlan? earlier, AcceptedVersion accepted)
    {
        var where = new ProblemLocation(present.Definition.Where.File, Field: "customProperties");
        if (earlier is null || earlier.Digest == present.Digest)
        {
            throw new FlyballException(new Problem("FLY1271", $"No version {accepted.Version} of {present.Source} was applied before this one.", where, "Name one that GET /v1/project/contracts lists."));
        }

        foreach (var field in present.Fields)
        {
            var at = earlier.Schema.IndexOf(field.Name);
            if (at >= 0 && earlier.Fields[at].Kind != field.Kind)
            {
                throw Unfit($"'{field.Name}' has another type in it.");
            }
        }

        foreach (var needed in present.PrimaryKey.Append(present.EventTimeIndex).Where(i => i >= 0))
        {
            var at = earlier.Schema.IndexOf(present.Fields[needed].Name);
            if (at < 0 || !earlier.Fields[at].Required)
            {
                throw Unfit($"it does not require '{present.Fields[needed].Name}', which the present one is keyed or timed by.");
            }
        }

        foreach (var needed in present.PrimaryKey.Append(present.EventTimeIndex).Concat(present.Entities.Select(e => e.Index)).Where(i => i >= 0))
        {
            // Of a key that is a token in one version and a value in the other no two rows meet.
            var at = earlier.Schema.IndexOf(present.Fields[needed].Name);
            if (at >= 0 && earlier.TreatmentOf(at) != PrivacyTreatment.Keep && present.TreatmentOf(needed) == PrivacyTreatment.Keep)
            {
                throw Unfit($"'{present.Fields[needed].Name}' is personal in it, and a key, an entity or the event time as it comes in the present one.");
            }
        }

        if (present.HoldsPersonal)
        {
            earlier.HideNames();
        }

        return new EarlierContract(present, earlier, accepted.Until, [.. earlier.Fields.Select(f => present.Schema.IndexOf(f.Name))]);

        FlyballException Unfit(string why) =>
            new(new Problem("FLY1272", $"Rows of version {accepted.Version} of {present.Source} cannot be rows of {present.Version}: {why}", where, "Take out accepts, or keep the column as it was."));
    }
}
