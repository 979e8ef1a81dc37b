using System.CommandLine;

namespace Flyball.Server.Cli;

/// <summary><c>flyball features ...</c>: one file a subcommand.</summary>
internal static class FeaturesCommand
{
    public static Command Create(SharedOptions shared) => new("features", "List features, check them, prove their parity and trace where they come from.")
    {
        FeaturesHistoryCommand.Create(shared),
        FeaturesConcatCommand.Create(shared),
        FeaturesListCommand.Create(shared),
        FeaturesShowCommand.Create(shared),
        FeaturesChecksCommand.Create(shared),
        FeaturesParityCommand.Create(shared),
        FeaturesLineageCommand.Create(shared),
    };
}
