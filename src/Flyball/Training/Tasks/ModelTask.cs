namespace Flyball.Training.Tasks;

/// <summary>What a model is asked for: how a label is judged, how many outputs there are, what is learned, and what a result is measured by. One small policy a task.</summary>
public abstract class ModelTask
{
    /// <summary>As in a model file.</summary>
    public abstract string Name { get; }

    /// <summary>The metric that a search and a comparison with the baseline look at.</summary>
    public abstract string Headline { get; }

    public abstract bool HigherIsBetter { get; }

    /// <summary>XGBoost's objectives that fit; the first is taken when none is named.</summary>
    public abstract IReadOnlyList<string> Objectives { get; }

    /// <summary>What a simplest model answers, by the names of <c>baseline</c>; the first is the usual one.</summary>
    public abstract IReadOnlyList<string> Baselines { get; }

    /// <summary>Labels are classes, numbered from 0.</summary>
    public virtual bool HasClasses => false;

    /// <summary>Several scores a row, one a class.</summary>
    public virtual bool HasSeveralOutputs => false;

    /// <summary>A score is a probability: it can be calibrated and decided on.</summary>
    public virtual bool IsProbability => false;

    /// <summary>What is wrong with a number as a label; null when it is one.</summary>
    public abstract string? Refuse(double label);

    /// <summary>Rows that each part needs.</summary>
    public virtual int FewestRows => 100;

    /// <summary>Rows of each class that each part needs.</summary>
    public virtual int FewestOfClass => 0;

    public override string ToString() => Name;
}
