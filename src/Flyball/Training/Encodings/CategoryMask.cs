using Flyball.Engine.Identity;

namespace Flyball.Training.Encodings;

/// <summary>
/// Names categories whose values stay in the log: the first 128 bits of the SHA-256 of feature and category. The same category has the same name in
/// every version of a feature, so that serving finds it; who can guess the value can check the guess.
/// </summary>
internal static class CategoryMask
{
    private const int Digits = 32;

    public static string Of(string feature, string category) => $"masked:{Digest.Of($"flyball category\n{feature}\n{category}").Hex[..Digits]}";
}
