using System.CommandLine;

namespace Flyball.Server.Cli;

/// <summary><c>flyball models</c>: look at models, decide on versions, and take them elsewhere.</summary>
internal static class ModelsCommand
{
    public static Command Create(SharedOptions shared) => new("models", "Look at models and decide on versions.")
    {
        ModelsListCommand.Create(shared),
        ModelsVersionsCommand.Create(shared),
        ModelsShowCommand.Create(shared),
        ModelsJudgeCommand.Create(shared),
        ModelsApproveCommand.Create(shared),
        ModelsRefuseCommand.Create(shared),
        ModelsRejudgeCommand.Create(shared),
        ModelsPromoteCommand.Create(shared),
        ModelsDeployCommand.Create(shared),
        ModelsRollbackCommand.Create(shared),
        ModelsDeprecateCommand.Create(shared),
        ModelsRetireCommand.Create(shared),
        ModelsExportCommand.Create(shared),
        ModelsImportCommand.Create(shared),
    };

    /// <summary>Why something is decided; every command that decides takes it.</summary>
    public static Option<string?> Reason() => new("--reason") { Description = "Why; goes into the ledger and the audit log." };
}
