namespace Flyball.EndToEnd.Tests.Programs;

/// <summary>Tests that take the machine's whole power: they run behind the others, one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
