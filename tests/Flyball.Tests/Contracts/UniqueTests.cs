using System.Globalization;
using Flyball.Contracts;
using Flyball.Contracts.Holds;
using Flyball.Contracts.Versions;
using Flyball.Storage.Audit;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Tests.Contracts;

public class UniqueTests
{
    private static readonly ContractPlan Keyed = Sample.Compile(Head + "      - { name: id, logicalType: integer, primaryKey: true }\n" + Columns);
    private static readonly ContractPlan Keyless = Sample.Compile(Head + Columns);

    private const string Head = "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n  - name: people\n    properties:\n";
    private const string Columns = "      - { name: mail, logicalType: string, unique: true }\n      - { name: badge, logicalType: integer, unique: true }\n      - { name: note, logicalType: string }\n";

    [Fact]
    public async Task A_value_that_a_stored_row_has_puts_the_row_aside_and_names_the_field()
    {
        await using var fixture = new LogFixture(Keyed);
        await fixture.IngestAsync("people", Row(1, "a", 1));

        var report = (await fixture.IngestAsync("people", Row(2, "a", 2), Row(3, "b", 1), Row(4, "c", 4))).Report!;

        Assert.Equal((1, 2, 0), (report.Accepted, report.Quarantined, report.Duplicates));
        Assert.Equal([("FLY3124", "mail"), ("FLY3124", "badge")], report.Reasons.Select(r => (r.Problems[0].Code, r.Problems[0].Where!.Field!)));
        Assert.Equal(2, fixture.Seen.Count);
    }

    [Fact]
    public async Task Of_two_rows_of_a_batch_with_one_value_the_first_stays()
    {
        await using var fixture = new LogFixture(Keyed);

        var report = (await fixture.IngestAsync("people", Row(1, "a", null), Row(2, "a", null), Row(3, "b", null))).Report!;

        Assert.Equal((2, 1), (report.Accepted, report.Quarantined));
        Assert.Equal(1, Assert.Single(report.Reasons).Row);
    }

    [Fact]
    public async Task A_null_is_equal_to_nothing()
    {
        await using var fixture = new LogFixture(Keyed);

        var report = (await fixture.IngestAsync("people", Row(1, null, null), Row(2, null, null))).Report!;

        Assert.Equal(2, report.Accepted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_same_row_again_is_a_duplicate_also_after_a_restart(bool keyed)
    {
        await using var fixture = new LogFixture(keyed ? Keyed : Keyless);
        string Of(int id, string mail, int badge) => keyed ? Row(id, mail, badge) : Unkeyed(mail, badge);
        await fixture.IngestAsync("people", Of(1, "a", 1), Of(2, "b", 2));
        await fixture.ReopenAsync();

        var report = (await fixture.IngestAsync("people", Of(1, "a", 1), Of(2, "b", 2), Of(3, "a", 3))).Report!;

        Assert.Equal((0, 2, 1), (report.Accepted, report.Duplicates, report.Quarantined));
        Assert.Equal("FLY3124", Assert.Single(report.Reasons).Problems[0].Code);
    }

    [Fact]
    public async Task A_row_that_was_refused_leaves_its_other_values_free()
    {
        await using var fixture = new LogFixture(Keyed);
        await fixture.IngestAsync("people", Row(1, "a", 1), Row(2, "a", 2));

        var report = (await fixture.IngestAsync("people", Row(2, "b", 2))).Report!;

        Assert.Equal(1, report.Accepted);
    }

    [Fact]
    public async Task A_held_row_keeps_its_values_and_a_discarded_one_gives_them_back()
    {
        await using var fixture = new LogFixture(Keyed);
        var held = (await fixture.HoldAsync("people", [Row(1, "a", 1)])).Report!;
        Assert.Equal(1, held.Held);

        Assert.Equal(1, (await fixture.IngestAsync("people", Row(2, "a", 2))).Report!.Quarantined);
        await using var audit = OpenAudit(fixture);
        await new HoldDesk(fixture.Log, audit).DiscardAsync("people", held.Batch!, LogFixture.Tester, "wrong", default);

        Assert.Equal(1, (await fixture.IngestAsync("people", Row(2, "a", 2))).Report!.Accepted);
    }

    [Fact]
    public async Task A_contract_that_became_unique_is_held_to_when_a_batch_is_released()
    {
        var before = Sample.Compile((Head + "      - { name: id, logicalType: integer, primaryKey: true }\n" + Columns).Replace(", unique: true", "", StringComparison.Ordinal));
        await using var fixture = new LogFixture(before);
        await fixture.IngestAsync("people", Row(1, "a", 1));
        var held = (await fixture.HoldAsync("people", [Row(2, "a", 2), Row(3, "b", 3), Row(4, "b", 4)])).Report!;
        await fixture.ReopenAsync(Keyed);

        await using var audit = OpenAudit(fixture);
        var decided = await new HoldDesk(fixture.Log, audit).ReleaseAsync("people", held.Batch!, LogFixture.Tester, "good", default);

        Assert.Equal((1, 2), (decided.Released, decided.Quarantined));
        Assert.All(fixture.Log.ReadQuarantine("people", default, 10), r => Assert.Equal("FLY3124", r.Problems[0].Code));
    }

    [Fact]
    public async Task A_correction_may_keep_its_unique_value_change_it_and_come_back_to_it_and_nobody_else_gets_it()
    {
        var correcting = Sample.Compile(
            Head.Replace("    properties:\n", "    customProperties: [ { property: corrections, value: accept } ]\n    properties:\n", StringComparison.Ordinal)
            + "      - { name: id, logicalType: integer, primaryKey: true }\n" + Columns);
        await using var fixture = new LogFixture(correcting);
        await fixture.IngestAsync("people", Row(1, "a", 1), Row(2, "b", 2));

        Assert.Equal(1, (await fixture.IngestAsync("people", Row(1, "a", 10))).Report!.Accepted);
        Assert.Equal(1, (await fixture.IngestAsync("people", Row(1, "c", 10))).Report!.Accepted);
        Assert.Equal("FLY3124", Assert.Single((await fixture.IngestAsync("people", Row(1, "b", 10))).Report!.Reasons).Problems[0].Code);
        await fixture.ReopenAsync();

        Assert.Equal("FLY3124", Assert.Single((await fixture.IngestAsync("people", Row(3, "a", 3))).Report!.Reasons).Problems[0].Code);
        Assert.Equal(1, (await fixture.IngestAsync("people", Row(1, "a", 11))).Report!.Accepted);
    }

    [Fact]
    public async Task Two_requests_in_flight_with_one_value_store_it_once()
    {
        await using var fixture = new LogFixture(Keyed);
        for (var round = 0; round < 50; round++)
        {
            var mail = $"m{round.ToString(CultureInfo.InvariantCulture)}";
            var reports = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => fixture.IngestAsync("people", Row((round * 8) + i, mail, null))));

            Assert.Equal((1, 7), (reports.Sum(r => r.Report!.Accepted), reports.Sum(r => r.Report!.Quarantined)));
        }

        Assert.Equal(50, fixture.Seen.Count);
    }

    [Fact]
    public void Two_batches_that_share_a_unique_value_wait_for_each_other()
    {
        var columns = new KeyColumns(Keyed, []);
        var index = new KeyIndex();
        var first = new KeyReservation();
        Assert.Null(index.TryReserve(Batch(columns, 1, 100), first));

        Assert.Same(first, index.TryReserve(Batch(columns, 2, 100), new KeyReservation()));
        Assert.Null(index.TryReserve(Batch(columns, 3, 300), new KeyReservation()));
    }

    [Fact]
    public void Whatever_is_sent_however_cut_stored_rows_have_no_value_twice_and_refused_ones_meet_one()
    {
        var rows = Gen.Choose(0, 9).SelectMany(id => Gen.Choose(0, 4).SelectMany(mail => Gen.Choose(0, 6).Select(badge => (Id: id, Mail: mail, Badge: badge)))).ArrayOf();
        var cases = rows.SelectMany(given => Gen.Choose(1, 4).SelectMany(size => Gen.Choose(0, 1).Select(keyed => (Rows: given, Size: size, Keyed: keyed == 1))));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(cases.ToArbitrary(), c => IsLikeTheListAsync(c.Rows, c.Size, c.Keyed).GetAwaiter().GetResult()));
    }

    /// <summary>Against a list that is looked through row by row.</summary>
    private static async Task<bool> IsLikeTheListAsync((int Id, int Mail, int Badge)[] given, int size, bool keyed)
    {
        await using var fixture = new LogFixture(keyed ? Keyed : Keyless);
        var stored = new List<(int Id, int Mail, int Badge)>();
        foreach (var chunk in given.Chunk(size))
        {
            var (accepted, duplicates, refused) = (0, 0, 0);
            foreach (var row in chunk)
            {
                if (stored.Exists(s => keyed ? s == row : Meets(s, row) && Same(s, row)))
                {
                    duplicates++;
                }
                else if (stored.Exists(s => (keyed && s.Id == row.Id) || Meets(s, row)))
                {
                    refused++;
                }
                else
                {
                    stored.Add(row);
                    accepted++;
                }
            }

            var report = (await fixture.IngestAsync("people", [.. chunk.Select(r => keyed ? Row(r.Id, Mail(r.Mail), Badge(r.Badge)) : Unkeyed(Mail(r.Mail), Badge(r.Badge)))])).Report!;
            if ((accepted, duplicates, refused) != (report.Accepted, report.Duplicates, report.Quarantined))
            {
                return false;
            }

            if (size == 2)
            {
                await fixture.ReopenAsync();
            }
        }

        return true;

        // 0 stands for null.
        static bool Meets((int Id, int Mail, int Badge) a, (int Id, int Mail, int Badge) b) => (a.Mail != 0 && a.Mail == b.Mail) || (a.Badge != 0 && a.Badge == b.Badge);

        static bool Same((int Id, int Mail, int Badge) a, (int Id, int Mail, int Badge) b) => a.Mail == b.Mail && a.Badge == b.Badge;

        static string? Mail(int mail) => mail == 0 ? null : $"m{mail.ToString(CultureInfo.InvariantCulture)}";

        static int? Badge(int badge) => badge == 0 ? null : badge;
    }

    [Fact]
    public void Earlier_versions_are_counted_by_each_log_for_itself()
    {
        var (one, other) = (EarlierContracts.None(), EarlierContracts.None());
        one.Count("people", 3);

        Assert.Equal((3, 0), (one.RowsOf("people"), other.RowsOf("people")));
    }

    private static AuditLog OpenAudit(LogFixture fixture) => AuditLog.Open(
        Path.Combine(fixture.Folder, "audit"), "test.example/audit", AuditKey.LoadOrCreate(Path.Combine(fixture.Folder, "audit-keys"), "test.example/audit"), TimeProvider.System);

    private static KeyedRows Batch(KeyColumns columns, UInt128 key, UInt128 mail) =>
        new([new AcceptedRow { Row = 0, Offset = 0, Length = 0, EventTimeMicros = 0, KnownAtMicros = null, Values = null, Key = key, Content = 1, Entity = 0 }], [mail, UInt128.Zero], columns);

    private static string Row(int id, string? mail, int? badge) => FormattableString.Invariant($$"""{"id":{{id}},"mail":{{Text(mail)}},"badge":{{badge?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}""");

    private static string Unkeyed(string? mail, int? badge) => FormattableString.Invariant($$"""{"mail":{{Text(mail)}},"badge":{{badge?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}""");

    private static string Text(string? text) => text is null ? "null" : $"\"{text}\"";
}
