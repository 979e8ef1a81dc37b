namespace Flyball.Contracts.Odcs;

/// <summary>
/// The standard's two ways to name a field elsewhere: <c>customers.id</c> by names, and <c>schema/customers_tbl/properties/cust_id_pk</c> by stable identifiers. Either
/// may follow the file of another contract and a <c>#</c>.
/// </summary>
/// <param name="contracts">Every contract of the project.</param>
internal sealed class ReferenceReader(IReadOnlyList<ContractDefinition> contracts)
{
    /// <summary>What a reference names: a contract, and the field's name as far as it is known there.</summary>
    /// <param name="Contract">Null when no contract of the project is named.</param>
    /// <param name="Field">The field; null when the contract has none of that name at the top of its rows.</param>
    /// <param name="Name">What was written for the field.</param>
    internal readonly record struct Found(ContractDefinition? Contract, FieldDefinition? Field, string Name);

    /// <param name="reference">As written.</param>
    /// <param name="from">The contract it stands in: among objects of one name, that of the same file is meant.</param>
    public Found Find(string reference, ContractDefinition from)
    {
        var file = reference.LastIndexOf('#');
        if (file > 0)
        {
            // Another file: it is of this project when its last part is a contract's file.
            var name = Path.GetFileName(reference[..file]);
            return Find(reference[(file + 1)..].TrimStart('/'), [.. contracts.Where(c => string.Equals(Path.GetFileName(c.Where.File), name, StringComparison.Ordinal))]);
        }

        reference = reference.TrimStart('#').TrimStart('/');
        var own = Find(reference, [.. contracts.Where(c => string.Equals(c.Where.File, from.Where.File, StringComparison.Ordinal))]);
        return own.Contract is not null ? own : Find(reference, contracts);
    }

    private static Found Find(string reference, IReadOnlyList<ContractDefinition> among) =>
        reference.Contains('/', StringComparison.Ordinal) ? ById(reference, among) : ByName(reference, among);

    private static Found ByName(string reference, IReadOnlyList<ContractDefinition> among)
    {
        // A name may have points itself: the longest one that fits is meant.
        var contract = among.Where(c => reference.StartsWith(c.Source + ".", StringComparison.Ordinal)).MaxBy(c => c.Source.Length);
        if (contract is null)
        {
            return new Found(null, null, reference);
        }

        var name = reference[(contract.Source.Length + 1)..];
        return new Found(contract, contract.Fields.FirstOrDefault(f => string.Equals(f.Name, name, StringComparison.Ordinal)), name);
    }

    private static Found ById(string reference, IReadOnlyList<ContractDefinition> among)
    {
        var parts = reference.Split('/');
        var contract = parts is ["schema", _, ..] ? among.FirstOrDefault(c => string.Equals(c.ObjectId, parts[1], StringComparison.Ordinal)) : null;
        var field = contract is not null && parts is ["schema", _, "properties", var id] ? contract.Fields.FirstOrDefault(f => string.Equals(f.Id, id, StringComparison.Ordinal)) : null;
        return new Found(contract, field, field?.Name ?? parts[^1]);
    }
}
