using System.CommandLine;

namespace Flyball.Server.Cli;

/// <summary><c>flyball contracts infer|profile</c>.</summary>
internal static class ContractsCommand
{
    public static Command Create(SharedOptions shared) =>
        new("contracts", "Draft contracts and look at what their sources hold.") { ContractsInferCommand.Create(shared), ContractsProfileCommand.Create(shared) };
}
