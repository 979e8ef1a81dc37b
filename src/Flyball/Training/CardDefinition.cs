using Flyball.Projects;

namespace Flyball.Training;

/// <summary>The section <c>card:</c> of a model file: what people must know who did not make the model.</summary>
/// <param name="Users">Who it is made for.</param>
/// <param name="UseCases">What it may be used for.</param>
/// <param name="Limitations">Where it is known not to work.</param>
/// <param name="Tradeoffs">What was given up for what.</param>
/// <param name="Risks">Ethical considerations, each with what is done about it, or null.</param>
public sealed record CardDefinition(
    IReadOnlyList<string> Users,
    IReadOnlyList<string> UseCases,
    IReadOnlyList<string> Limitations,
    IReadOnlyList<string> Tradeoffs,
    IReadOnlyList<CardRisk> Risks)
{
    public static CardDefinition None { get; } = new([], [], [], [], []);

    /// <summary>Reads the section; problems go to the file's list.</summary>
    public static CardDefinition Read(YamlSection root)
    {
        if (root.Section("card") is not { } section)
        {
            return None;
        }

        var card = new CardDefinition(section.Texts("users"), section.Texts("use_cases"), section.Texts("limitations"), section.Texts("tradeoffs"), RisksOf(section));
        section.Finish();
        return card;
    }

    private static IReadOnlyList<CardRisk> RisksOf(YamlSection section) => section.IsMapping("ethical_considerations")
        ? [.. section.Section("ethical_considerations")!.Entries().Select(e => new CardRisk(e.Name, e.Text))]
        : [.. section.Texts("ethical_considerations").Select(t => new CardRisk(t, null))];
}

/// <param name="Name">What may go wrong, and for whom.</param>
/// <param name="Mitigation">What is done about it; null when nothing is said.</param>
public sealed record CardRisk(string Name, string? Mitigation);
