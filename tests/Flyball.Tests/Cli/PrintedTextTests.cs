using System.Reflection;
using Flyball.Server.Hosting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Flyball.Tests.Cli;

/// <summary>What the command line prints of other people's texts is text to a terminal.</summary>
public sealed class PrintedTextTests
{
    [Theory]
    [InlineData("red \u001b[31mtext", "red \uFFFD[31mtext")]
    [InlineData("over\rwritten", "over\uFFFDwritten")]
    [InlineData("title \u001b]0;owned\u0007", "title \uFFFD]0;owned\uFFFD")]
    [InlineData("csi \u009b31m", "csi \uFFFD31m")]
    [InlineData("turned \u202Egnp.exe", "turned \uFFFDgnp.exe")]
    [InlineData("plain é 模型 [bold]", "plain é 模型 [bold]")]
    public void A_commands_console_shows_what_a_terminal_would_obey(string text, string shown)
    {
        var console = (IAnsiConsole)typeof(FlyballHost).Assembly.GetType("Flyball.Server.Cli.CommandRunner")!.GetMethod("Console", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, [false])!;
        var options = RenderOptions.Create(console);

        var printed = console.Pipeline.Process(options, [new Text(text)]).SelectMany(r => r.Render(options, 200)).Select(s => s.Text);

        Assert.Equal(shown, string.Concat(printed).TrimEnd('\n'));
    }
}
