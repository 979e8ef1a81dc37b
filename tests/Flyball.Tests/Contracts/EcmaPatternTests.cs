using System.Text.RegularExpressions;
using Flyball.Contracts.Odcs;

namespace Flyball.Tests.Contracts;

public sealed class EcmaPatternTests
{
    [Theory]
    [InlineData("^a$", "a", true)]
    [InlineData("^a$", "a\n", false)]
    [InlineData(@"^\d$", "7", true)]
    [InlineData(@"^\d$", "\u0667", false)]
    [InlineData(@"^[\d.]+$", "1.5", true)]
    [InlineData(@"^\w$", "\u00e9", false)]
    [InlineData(@"^\$$", "$", true)]
    [InlineData("^[$]$", "$", true)]
    [InlineData(@"^\W\D$", "-x", true)]
    public void A_pattern_means_what_the_standard_says(string pattern, string text, bool matches)
    {
        Assert.Equal(matches, new Regex(EcmaPattern.ToDotNet(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)).IsMatch(text));
    }
}
