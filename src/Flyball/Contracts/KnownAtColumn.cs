using System.Text;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts;

/// <summary>A column of a file whose timestamps say when each row could first have been used.</summary>
internal sealed class KnownAtColumn(ContractPlan plan, string name)
{
    public string Name => name;

    /// <summary>The name in UTF-8, as it is compared with the names of a row.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>Its position in the contract, where it is read like any field; -1 beside it.</summary>
    public int ContractIndex { get; } = plan.Schema.IndexOf(name);

    /// <summary>Whether rows need not have it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>A column of the contract that holds something else than points in time cannot say when a row was known.</summary>
    public bool IsTimestamp => ContractIndex < 0 || (plan.Fields[ContractIndex].Type == ScalarType.Timestamp && !plan.Fields[ContractIndex].IsDate);

    public FieldProblems Problems { get; } = new(name, FieldKind.Timestamp, form: null);
}
