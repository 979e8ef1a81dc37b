using System.CommandLine;

namespace Flyball.Server.Cli;

/// <summary><c>flyball contracts ...</c>: one file a subcommand.</summary>
internal static class ContractsCommand
{
    public static Command Create(SharedOptions shared) => new("contracts", "Check and show contracts.")
    {
        ContractsFindingsCommand.Create(shared),
        ContractsReferenceCommand.Create(shared),
    };
}
