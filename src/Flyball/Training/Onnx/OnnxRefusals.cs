using Flyball.Engine.Problems;

namespace Flyball.Training.Onnx;

/// <summary>Reasons to refuse a model, each once, and no more than a person reads: a hostile file could give millions.</summary>
internal sealed class OnnxRefusals
{
    private const int Most = 20;

    private readonly List<Problem> problems = [];

    public IReadOnlyList<Problem> Problems => problems;

    public void Add(Problem problem)
    {
        if (problems.Count < Most && !problems.Contains(problem))
        {
            problems.Add(problem);
        }
    }
}
