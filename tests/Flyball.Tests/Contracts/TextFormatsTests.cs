using Flyball.Contracts.Rows;

namespace Flyball.Tests.Contracts;

public sealed class TextFormatsTests
{
    [Theory]
    [InlineData("email", "ada@example.com", "a.b+c@x-y.example.org", "o'neil@example.com")]
    [InlineData("uuid", "0b3e6f0e-6a0f-4b0e-8f55-6a4e6d6f2f5e", "0B3E6F0E-6A0F-4B0E-8F55-6A4E6D6F2F5E")]
    [InlineData("uri", "https://example.com/a?b=c#d", "mailto:ada@example.com", "urn:isbn:0451450523", "s3://bucket/key")]
    [InlineData("hostname", "example.com", "localhost", "xn--bcher-kva.example", "a-1.b")]
    [InlineData("ipv4", "127.0.0.1", "255.255.255.255", "0.0.0.0")]
    [InlineData("ipv6", "::1", "2001:db8::8a2e:370:7334", "::ffff:192.0.2.1")]
    public void What_has_the_format_is_taken(string format, params string[] texts) => Assert.All(texts, t => Assert.True(TextFormats.All[format](t), t));

    [Theory]
    [InlineData("email", "ada", "@example.com", "ada@", "a da@example.com", "ada@@example.com", ".ada@example.com", "a..da@example.com", "ada@-example.com", "ada@exa_mple.com")]
    [InlineData("uuid", "0b3e6f0e6a0f4b0e8f556a4e6d6f2f5e", "{0b3e6f0e-6a0f-4b0e-8f55-6a4e6d6f2f5e}", "0b3e6f0e-6a0f-4b0e-8f55-6a4e6d6f2f5g", "")]
    [InlineData("uri", "example.com", "//example.com", "https:", "https://", "1http://x", "https://exa mple.com", "ht_tp://x")]
    [InlineData("hostname", "", ".", "-a.example", "a-.example", "a..b", "a_b", "example.com.")]
    [InlineData("ipv4", "127.0.0", "127.0.0.1.1", "256.0.0.1", "01.0.0.1", "1.2.3.", "1.2.3.x", "0x7f.0.0.1", "")]
    [InlineData("ipv6", "127.0.0.1", "::1%eth0", "[::1]", "1::2::3", "g::1", "")]
    public void What_has_not_the_format_is_refused(string format, params string[] texts) => Assert.All(texts, t => Assert.False(TextFormats.All[format](t), t));

    [Fact]
    public void A_format_takes_no_time_on_a_long_text() =>
        Assert.All(TextFormats.All.Values, holds => Assert.False(holds(new string('a', 60_000) + "@" + new string('.', 5_000))));
}
