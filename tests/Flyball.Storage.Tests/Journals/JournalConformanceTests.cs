using Flyball.Storage.Journals;
using Flyball.Storage.TestKit.Journals;

namespace Flyball.Storage.Tests.Journals;

public sealed class JournalConformanceTests : JournalConformance
{
    protected override JournalOptions Options => new();
}

public sealed class JournalOfSmallSegmentsConformanceTests : JournalConformance
{
    protected override JournalOptions Options => new() { SegmentBytes = 3000 };
}
