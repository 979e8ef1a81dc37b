namespace Flyball.Server.LoadTests;

/// <summary>
/// Finds the highest rate that keeps the budget.
/// <list type="number">
/// <item>The rate doubles until a step breaks, or the highest is kept.</item>
/// <item>Between the last that held and the first that broke it is halved, until they are a tenth apart.</item>
/// <item>The answer is the highest rate that held: measured, not extrapolated.</item>
/// </list>
/// A step that breaks is tried once more: a pause of the machine is no limit of the server.
/// </summary>
internal sealed class LoadSearch(LoadTerms terms, Func<double, Task<LoadStep>> offer, Action<LoadStep, string?> onStep)
{
    private const double Near = 1.1;

    private double? usual;

    /// <returns>The best step that held; null when not even the first did.</returns>
    public async Task<LoadStep?> RunAsync()
    {
        LoadStep? best = null;
        var rate = Math.Min(terms.First, terms.Most);
        var broken = double.PositiveInfinity;
        while (double.IsPositiveInfinity(broken))
        {
            if (await HoldsAsync(rate) is { } held)
            {
                best = held;
                if (rate >= terms.Most)
                {
                    return best;
                }

                rate = Math.Min(rate * 2, terms.Most);
            }
            else
            {
                broken = rate;
            }
        }

        while (best is not null && broken / best.Rate > Near)
        {
            var middle = (best.Rate + broken) / 2;
            if (await HoldsAsync(middle) is { } held)
            {
                best = held;
            }
            else
            {
                broken = middle;
            }
        }

        return best;
    }

    private async Task<LoadStep?> HoldsAsync(double rate)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var step = await offer(rate);
            usual ??= step.Requests == 0 ? 0 : (double)step.Degraded / step.Requests;
            var breaks = step.BreaksAt(terms, usual.Value);
            onStep(step, breaks);
            if (breaks is null)
            {
                return step;
            }
        }

        return null;
    }
}
