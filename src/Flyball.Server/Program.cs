using Flyball.Server.Cli;

return await CommandLine.RunAsync(args);
