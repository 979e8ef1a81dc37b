using System.CommandLine;

namespace Flyball.Server.Cli;

/// <summary><c>flyball contracts ...</c>: one file a subcommand.</summary>
internal static class ContractsCommand
{
    public static Command Create(SharedOptions shared) => new("contracts", "Check, show, compare and draft contracts.")
    {
        ContractsCheckCommand.Create(shared),
        ContractsShowCommand.Create(shared),
        ContractsDiffCommand.Create(shared),
        ContractsInferCommand.Create(shared),
        ContractsProfileCommand.Create(shared),
        ContractsFindingsCommand.Create(shared),
        ContractsReferenceCommand.Create(shared),
    };
}
