using System.Globalization;
using Spectre.Console;

namespace Flyball.Server.Demo;

/// <summary>Tells the story while it happens: a line a step, a moving line on long work when a terminal is attached.</summary>
internal sealed class DemoTelling(IAnsiConsole console, DemoFindings findings, TimeProvider time)
{
    public void Title(string title, string about)
    {
        console.Write(new Rule($"[bold]{Markup.Escape(title)}[/]").LeftJustified());
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{about}[/]");
    }

    /// <summary>Runs one step, times it, tells it and keeps it. A failed step ends the story.</summary>
    public async Task StepAsync(string name, string doing, Func<Action<string>, Task<string>> work)
    {
        var started = time.GetTimestamp();
        try
        {
            var detail = console.Profile.Capabilities.Interactive
                ? await console.Status().StartAsync(Markup.Escape(doing), status => work(text => status.Status(Markup.Escape(text))))
                : await work(_ => { });
            Keep(new DemoStep(name, true, time.GetElapsedTime(started).TotalSeconds, detail));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Keep(new DemoStep(name, false, time.GetElapsedTime(started).TotalSeconds, e.Message));
            throw;
        }
    }

    public void Table(Table table) => console.Write(table);

    private void Keep(DemoStep step)
    {
        findings.Steps.Add(step);
        var mark = step.Ok ? "[green]✓[/]" : "[red]✗[/]";
        console.MarkupLine($"{mark} [bold]{Markup.Escape(step.Name)}[/] [grey]{step.Seconds.ToString("0.0", CultureInfo.InvariantCulture)} s[/]  {Markup.Escape(step.Detail)}");
    }
}
