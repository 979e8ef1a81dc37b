namespace Flyball.Features.Reads;

/// <summary>One feature of an answer.</summary>
/// <param name="View">Its view.</param>
/// <param name="Feature">Its name in the view.</param>
/// <param name="Group">Which of the answer's lists of last events is its entity's; -1 for a feature of the request.</param>
public sealed record ReadColumn(string View, string Feature, int Group);
