using System.Globalization;
using System.Text;
using Flyball.Contracts.Odcs;
using Flyball.Contracts.Rows;
using Flyball.Engine.Time;

namespace Flyball.Tests.Contracts;

public sealed class TimeFormTests
{
    [Theory]
    [InlineData("2016-01-22 16:01:00", "2016-01-22T16:01:00Z")]
    [InlineData("2011-01-01", "2011-01-01T00:00:00Z")]
    [InlineData("2021-07-28 17:09:19.623000+00:00", "2021-07-28T17:09:19.623Z")]
    [InlineData("2021-07-28T17:09:19.1234569Z", "2021-07-28T17:09:19.123456Z")]
    [InlineData("2021-07-28t17:09z", "2021-07-28T17:09:00Z")]
    [InlineData("2021-07-28 17:09:19 +0530", "2021-07-28T11:39:19Z")]
    [InlineData("2021-07-28 17:09:19-02", "2021-07-28T19:09:19Z")]
    [InlineData("0001-01-01 00:00:00", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31 23:59:59.999999", "9999-12-31T23:59:59.999999Z")]
    public void The_usual_forms_are_read_exactly(string text, string expected) => Assert.Equal(expected, Read(new TimeForm(null, LocalZone.Utc, needsOffset: false), text));

    [Theory]
    [InlineData("2016-1-22")]
    [InlineData("2016-02-30")]
    [InlineData("2015-02-29 10:00:00")]
    [InlineData("0000-01-01")]
    [InlineData("2016-01-22 24:00:00")]
    [InlineData("2016-01-22 10:00:60")]
    [InlineData("2016-01-22 10:60:00")]
    [InlineData("2016-01-22 10")]
    [InlineData("2016-01-22 10:00:00.")]
    [InlineData("2016-01-22 10:00:00.1234567890")]
    [InlineData("2016-01-22 10:00:00+1")]
    [InlineData("2016-01-22 10:00:00+25:00")]
    [InlineData("2016-01-22 10:00:00x")]
    [InlineData("2016-01-22Z")]
    [InlineData("9999-12-31 23:59:59-01:00")]
    [InlineData("0001-01-01 00:00:00+01:00")]
    [InlineData("")]
    public void What_is_no_time_is_refused(string text) => Assert.Equal("Malformed", Read(new TimeForm(null, LocalZone.Utc, needsOffset: false), text));

    [Theory]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2016-01-22 16:01:00", "2016-01-22T16:01:00Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2016-01-22T16:01:00.123+01:00", "2016-01-22T15:01:00.123Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2016-01-22T16:01:00.123Z", "2016-01-22T16:01:00.123Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss[.SSS][X]", "2016-01-22T16:01:00+0130", "2016-01-22T14:31:00Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss[.SSS][X]", "2016-01-22T16:01:00", "2016-01-22T16:01:00Z")]
    [InlineData("d.M.yyyy H:mm", "2.3.2016 4:05", "2016-03-02T04:05:00Z")]
    [InlineData("dd/MM/yy", "02/03/16", "2016-03-02T00:00:00Z")]
    [InlineData("yyyyMMdd", "20160302", "2016-03-02T00:00:00Z")]
    [InlineData("MMM d, yyyy h:mm a", "Mar 2, 2016 12:05 AM", "2016-03-02T00:05:00Z")]
    [InlineData("MMM d, yyyy h:mm a", "mar 12, 2016 12:05 PM", "2016-03-12T12:05:00Z")]
    [InlineData("EEEE, d MMMM yyyy", "Wednesday, 2 March 2016", "2016-03-02T00:00:00Z")]
    [InlineData("EEE, dd MMM yyyy HH:mm:ss Z", "Wed, 02 Mar 2016 10:00:00 -0100", "2016-03-02T11:00:00Z")]
    [InlineData("'at' yyyy''MM''dd", "at 2016'03'02", "2016-03-02T00:00:00Z")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2016-01-22T16:01:00", "Malformed")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2016-01-22 16:01:00Z", "Malformed")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2016-01-22 16:1:00", "Malformed")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2016-13-22 16:01:00", "Malformed")]
    [InlineData("dd/MM/yyyy", "2/3/2016", "Malformed")]
    [InlineData("h:mm a d.M.yyyy", "13:05 PM 2.3.2016", "Malformed")]
    [InlineData("yyyy-MM-dd HH:mm:ss.SSS", "2016-01-22 16:01:00.12", "Malformed")]
    public void A_pattern_is_read_as_it_says(string pattern, string text, string expected)
    {
        var compiled = TimePatternCompiler.Compile(pattern, out var wrong);

        Assert.Null(wrong);
        Assert.Equal(expected, Read(new TimeForm(compiled, LocalZone.Utc, needsOffset: false), text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yyyy-MM-dd QQQ")]
    [InlineData("yyyy-MM-dd VV")]
    [InlineData("yyyy-MM-dd z")]
    [InlineData("yyyyy-MM-dd")]
    [InlineData("yyyy-MM-dd 'T")]
    [InlineData("yyyy-MM-dd[ HH")]
    [InlineData("yyyy-MM-dd]")]
    [InlineData("yyyy-MM-dd hh:mm")]
    [InlineData("yyyy-MM-dd HH:mm a")]
    [InlineData("yyyy{MM}dd")]
    public void A_pattern_that_cannot_be_used_says_why(string pattern)
    {
        Assert.Null(TimePatternCompiler.Compile(pattern, out var wrong));
        Assert.NotNull(wrong);
    }

    [Theory]
    [InlineData("2026-01-15 12:00:00", "2026-01-15T11:00:00Z")]
    [InlineData("2026-07-15 12:00:00", "2026-07-15T10:00:00Z")]
    [InlineData("2026-03-29 01:59:59.999999", "2026-03-29T00:59:59.999999Z")]
    [InlineData("2026-03-29 02:00:00", "Skipped")]
    [InlineData("2026-03-29 02:59:59", "Skipped")]
    [InlineData("2026-03-29 03:00:00", "2026-03-29T01:00:00Z")]
    [InlineData("2026-10-25 02:30:00", "2026-10-25T00:30:00Z")]
    [InlineData("2026-10-25 03:00:00", "2026-10-25T02:00:00Z")]
    [InlineData("2026-03-29 02:30:00+01:00", "2026-03-29T01:30:00Z")]
    public void A_local_time_is_the_earlier_instant_and_a_skipped_one_is_none(string text, string expected)
    {
        var zone = LocalZone.Find("Europe/Paris");
        Assert.NotNull(zone);

        Assert.Equal(expected, Read(new TimeForm(null, zone, needsOffset: false), text));
    }

    [Fact]
    public void An_offset_that_the_contract_asks_for_must_be_there()
    {
        var form = new TimeForm(null, LocalZone.Utc, needsOffset: true);

        Assert.Equal("Malformed", Read(form, "2026-01-15 12:00:00"));
        Assert.Equal("2026-01-15T12:00:00Z", Read(form, "2026-01-15 12:00:00Z"));
    }

    [Fact]
    public void Every_instant_that_is_written_in_a_form_is_read_back()
    {
        var random = new Random(20260131);
        var iso = new TimeForm(null, LocalZone.Utc, needsOffset: false);
        var pattern = new TimeForm(TimePatternCompiler.Compile("dd.MM.yyyy HH:mm:ss.SSSSSS", out _), LocalZone.Utc, needsOffset: false);
        for (var i = 0; i < 20_000; i++)
        {
            var micros = random.NextInt64(-62_135_596_800_000_000, 253_402_300_800_000_000);
            var at = Clock.FromMicros(micros);
            Assert.Equal(micros, Micros(iso, at.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)));
            Assert.Equal(micros, Micros(pattern, at.ToString("dd.MM.yyyy HH:mm:ss.ffffff", CultureInfo.InvariantCulture)));
        }
    }

    private static long Micros(TimeForm form, string text)
    {
        Assert.Equal(TimeReading.Good, form.TryRead(Encoding.UTF8.GetBytes(text), out var micros));
        return micros;
    }

    private static string Read(TimeForm form, string text)
    {
        var reading = form.TryRead(Encoding.UTF8.GetBytes(text), out var micros);
        return reading == TimeReading.Good ? new EventTime(micros).ToString() : reading.ToString();
    }
}
