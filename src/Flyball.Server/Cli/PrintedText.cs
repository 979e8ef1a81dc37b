using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace Flyball.Server.Cli;

/// <summary>
/// Texts as a terminal may see them. What a trainer printed or somebody wrote into a description can hold commands for a terminal, which would colour,
/// hide or overwrite what the program says; they are shown as a replacement character.
/// </summary>
internal sealed class PrintedText : IRenderHook
{
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) => renderables.Select(r => new Cleaned(r));

    /// <summary>The text without what a terminal obeys: control characters but tabs and line ends, and what turns the direction of writing.</summary>
    public static string Clean(string text) => text.Any(IsCommand) ? string.Concat(text.Select(c => IsCommand(c) ? (char)Rune.ReplacementChar.Value : c)) : text;

    private static bool IsCommand(char letter) => letter is not ('\t' or '\n') && char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format;

    private sealed class Cleaned(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            inner.Render(options, maxWidth).Select(s => s.IsControlCode || s.IsLineBreak || !s.Text.Any(IsCommand) ? s : new Segment(Clean(s.Text), s.Style));
    }
}
