using System.Security.Cryptography;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Profiles;
using Flyball.Contracts.Snapshots;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Governance;
using Flyball.Governance.Applied;
using Flyball.Governance.Lineage;
using Flyball.Governance.Readiness;
using Flyball.Monitoring;
using Flyball.Registry;
using Flyball.Registry.Webhooks;
using Flyball.Retraining;
using Flyball.Rollout;
using Flyball.Server.Operations;
using Flyball.Server.Protocols.Feast;
using Flyball.Server.Protocols.InferenceGrpc;
using Flyball.Server.Protocols.Invocations;
using Flyball.Server.Protocols.Mlflow;
using Flyball.Server.Protocols.OpenInference;
using Flyball.Serving;
using Flyball.Serving.Backends;
using Flyball.Serving.Logged;
using Flyball.Training;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;

namespace Flyball.Server.Hosting;

/// <summary>
/// One workspace behind HTTP. Opening decides which definitions run, verifies and opens the data directory, replays the log and loads the
/// deployed versions; only then does the server listen, so whoever reaches it finds it ready.
/// </summary>
public sealed class FlyballHost : IAsyncDisposable
{
    /// <summary>How long imports may take to leave: a batch, or a digest of what was uploaded.</summary>
    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(5);

    /// <summary>How long other requests may take to end, with nobody let in any more.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);

    /// <summary>How long a server for other machines drains unless it is told otherwise: most balancers ask for health more often.</summary>
    private static readonly TimeSpan UsualDrain = TimeSpan.FromSeconds(5);

    private readonly WebApplication app;
    private readonly TimeSpan drain;

    // A line of a request ends with CR and LF: a proxy that sees no end where this server sees one would let requests through inside others.
    static FlyballHost() => AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);

    private FlyballHost(WebApplication app, Workspace workspace, TimeSpan drain)
    {
        (this.app, this.drain) = (app, drain);
        Workspace = workspace;
    }

    public Workspace Workspace { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Where it listens, with the real port.</summary>
    public Uri Address { get; private set; } = new(FlyballHostOptions.DefaultUrls);

    /// <summary>Where gRPC is spoken, with the real port; null when it is not.</summary>
    public Uri? GrpcAddress { get; private set; }

    /// <exception cref="FlyballException">The project has problems, or the data directory is in use or corrupt.</exception>
    public static async Task<FlyballHost> StartAsync(FlyballHostOptions options, CancellationToken cancellation)
    {
        var access = AccessKeys.Load(options.KeysFile);
        var addresses = new ListenAddresses(options.Urls, options.GrpcUrls, access);
        var workspace = Workspace.Open(options.Data, options.Time, WorkspaceTables.All);
        try
        {
            var applied = new AppliedProject(workspace, StageSections.Read, options.Project, GitState.Of);
            var (start, problems) = await applied.StartAsync(options.AppliesFolder, options.FolderMustBeGood, cancellation);
            if (start is null)
            {
                throw new ProjectException(problems);
            }

            var serve = StageSections.Check(start.Plan);
            var host = new FlyballHost(Build(options, workspace, applied, start, (access, addresses)), workspace, options.Drain ?? (access.Keys.Count == 0 ? TimeSpan.Zero : UsualDrain));
            await host.OpenAsync(start, serve, addresses, cancellation);
            return host;
        }
        catch
        {
            await workspace.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Completes when the process is asked to end, when <paramref name="cancellation"/> is cancelled, or when an apply wants a new start; each is
    /// an orderly stop, and the caller disposes this host, which drains and syncs.
    /// </summary>
    /// <returns>True when a new host should be started in its place.</returns>
    public async Task<bool> WaitForShutdownAsync(CancellationToken cancellation)
    {
        var restart = Services.GetRequiredService<RestartSignal>().Asked;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = cancellation.Register(() => ended.TrySetResult());
        await using var stopped = app.Lifetime.ApplicationStopping.Register(() => ended.TrySetResult());
        await Task.WhenAny(ended.Task, restart);
        if (cancellation.IsCancellationRequested)
        {
            // Ctrl+C or SIGTERM.
            await DrainAsync();
            return false;
        }

        return restart.IsCompleted;
    }

    public async ValueTask DisposeAsync()
    {
        // Imports first, while everything else is still answered: they are the only requests that last as long as their sender likes.
        var imports = Services.GetRequiredService<ImportDoor>();
        imports.Close();
        await Task.WhenAny(imports.WhenEmpty, Task.Delay(LongestLeave));
        await app.StopAsync();
        await app.DisposeAsync();
        await Workspace.DisposeAsync();
    }

    /// <summary>Answers on for a while, so that whoever sends requests here hears of it from health before there is nobody to send them to.</summary>
    private async Task DrainAsync()
    {
        Services.GetRequiredService<Draining>().Begin();
        if (drain > TimeSpan.Zero)
        {
            HostLog.Draining(app.Logger, drain.TotalSeconds);
            await Task.Delay(drain);
        }
    }

    private static WebApplication Build(
        FlyballHostOptions options, Workspace workspace, AppliedProject applied, ProjectStart start, (AccessOptions Keys, ListenAddresses Addresses) access)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        // Settings come from the command line alone: an environment variable meant for another program changes nothing here.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.Logging.ClearProviders();
        if (options.JsonLogs)
        {
            builder.Logging.AddConsole(console => console.FormatterName = JsonLogFormatter.FormatName).AddConsoleFormatter<JsonLogFormatter, ConsoleFormatterOptions>();
        }
        else
        {
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        }

        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // It would make an activity for each request, which nobody reads.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // What stops a start is thrown, and said once, by the command.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        if (options.GrpcUrls is null)
        {
            builder.WebHost.UseUrls(access.Addresses.Urls);
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            access.Addresses.Configure(kestrel);
            kestrel.AddServerHeader = false;
            ServerLimits.Apply(kestrel.Limits, options.MostConnections);
        });
        builder.Services
            .AddSingleton(options.Time)
            .AddSingleton(workspace)
            .AddSingleton(access.Keys)
            .AddSingleton(new ActiveProject(start.Plan, start.Source) { AppliedBy = applied.Last?.Actor })
            .AddSingleton(_ => applied)
            .AddSingleton(new RestartSignal(options.RestartsOnApply))
            .AddSingleton(s => new EventLog(workspace.Events, start.Plan.ContractSet, s.GetRequiredService<ContractMetrics>(), Tokeniser.For(start.Plan.ContractSet, workspace.Directory.Keys), start.Earlier, options.Time))
            .AddSingleton(new OnlineFeatures(start.Plan.Features))
            .AddEventSnapshots(workspace.Directory.Snapshots)
            .AddFeatures()
            .AddSourceProfiles(SourceProfiles.Open(workspace.Directory.Profiles, start.Plan.ContractSet, workspace.Events.Durable))
            .AddSingleton(new RequestIds(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))))
            .AddSingleton(new PredictionLog(workspace.Predictions))
            .AddSingleton(new TrainingOptions { WorkerCommand = WorkerCommand.OfThisProgram() })
            .AddSingleton(WorkerCommand.Exams())
            .AddSingleton(new LoopOptions(options.BackgroundLoops))
            .AddSingleton<PrometheusText>()
            .AddSingleton<Draining>()
            .AddSingleton<IHostLifetime, QuietLifetime>()
            .AddSingleton(s => new LogTerms(s.GetRequiredService<ILogger<LogTerms>>(), options.JsonLogs))
            .AddContracts()
            .AddTraining()
            .AddRegistry()
            .AddSingleton(new WebhookOptions { AllowPrivate = options.AllowPrivateWebhooks })
            .AddWebhooks()
            .AddServing()
            .AddPredictionIndex()
            .AddServingModes()
            .AddRollout()
            .AddMonitoring()
            .AddRetraining()
            .AddGovernance()
            .AddLineage()
            .AddReadiness()
            .AddInference();
        // A value that cannot be read is answered by UnhandledProblems, with a document, and not by an empty 400.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = LongestStop);
        builder.Services.AddOpenApi();
        var built = builder.Build();
        built.UseMiddleware<RequestTracing>();
        built.UseMiddleware<DrainedConnections>();
        built.UseStatusCodePages(BareStatus.ExplainAsync);
        built.UseMiddleware<UnhandledProblems>();
        built.UseRouting();
        built.UseMiddleware<AccessMiddleware>();
        built.MapOperations();
        built.MapContracts();
        built.MapFeatures();
        built.MapFeast();
        built.MapMlflow();
        built.MapTraining();
        built.MapRegistry();
        built.MapWebhooks();
        built.MapServing();
        built.MapServingModes();
        built.MapInference();
        built.MapInferenceGrpc();
        built.MapInvocations();
        built.MapRollout();
        built.MapMonitoring();
        built.MapRetraining();
        built.MapGovernance();
        built.MapProjects();
        built.MapLineage();
        built.MapReadiness();
        return built;
    }

    private async Task OpenAsync(ProjectStart start, Dictionary<string, ServeDefinition> serve, ListenAddresses addresses, CancellationToken cancellation)
    {
        HostLog.SayWaiting(app.Logger, start);

        // Subscribers of the log are made before the replay, so that their state is rebuilt by it.
        app.Services.GetRequiredService<PrometheusText>();
        var events = app.Services.GetRequiredService<EventLog>();
        var online = app.Services.GetRequiredService<OnlineFeatures>();
        online.SubscribeTo(events);
        app.Services.GetRequiredService<SourceProfiles>().SubscribeTo(events);
        app.Services.StartMonitoring();
        app.Services.GetRequiredService<EventSnapshots>().Replay();
        await app.Services.GetRequiredService<TrainingRuns>().RecoverAsync(cancellation);
        app.Services.GetRequiredService<Predictor>().Configure(serve);
        foreach (var problem in await app.Services.GetRequiredService<Deployments>().RestoreAsync(cancellation))
        {
            // The others are served: one damaged version is no reason to answer nothing.
            HostLog.VersionMissing(app.Logger, problem);
        }

        app.Services.GetRequiredService<ModelRegistry>().Deprecations.Load();
        DeclaredVersion.Deploy(start.Plan, app.Services.GetRequiredService<TrafficPlans>());
        app.Services.GetRequiredService<Predictor>().WarmUp();
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<ImportDoor>().Close);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e)
        {
            throw new FlyballException(new Problem("FLY4012", $"The server cannot listen: {e.Message}", Remedy: "Choose another address with --urls, or stop the program that has it."), e);
        }

        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var address = bound.First();
        Address = new Uri(address);
        GrpcAddress = addresses.GrpcOf(bound) is { } grpc ? new Uri(grpc) : null;
        Workspace.Directory.PublishEndpoint(address);
    }
}
