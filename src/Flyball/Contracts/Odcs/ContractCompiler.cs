using Flyball.Contracts.Privacy;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Windows;
using Flyball.Engine.Expressions;
using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>Compiles contract files to plans. All problems and notices go to the files' shared list.</summary>
public static class ContractCompiler
{
    internal const int MostFields = 1_000;

    private const string UsualEventTime = "event_time";

    /// <summary>The plan of the first source that a file describes, or null after adding FLY11xx problems.</summary>
    public static ContractPlan? Compile(YamlSection root) => Compile([root]) is [var first, ..] ? first : null;

    /// <summary>The plans of the sources that the files of a project describe, in the order of the files; a file with problems gives none.</summary>
    public static IReadOnlyList<ContractPlan> Compile(IReadOnlyList<YamlSection> roots)
    {
        var files = new List<(IReadOnlyList<ContractDefinition> Definitions, bool IsGood)>();
        foreach (var root in roots)
        {
            var before = root.Problems.Count;
            var definitions = OdcsReader.Read(root);
            files.Add((definitions, root.Problems.Count == before));
        }

        var relationships = new RelationshipCompiler(new ReferenceReader([.. files.SelectMany(f => f.Definitions)]));
        List<ContractPlan> plans = [];
        foreach (var (definitions, isGood) in files)
        {
            var compiled = definitions.Select(d => Compile(d, definitions, relationships)).ToList();
            if (isGood && compiled.TrueForAll(p => p is not null))
            {
                plans.AddRange(compiled.OfType<ContractPlan>().Where(p => p.Definition.IsServed));
            }
        }

        return plans;
    }

    private static ContractPlan? Compile(ContractDefinition definition, IReadOnlyList<ContractDefinition> ofFile, RelationshipCompiler relationships)
    {
        var problems = definition.Fields[0].Section.Problems;
        var before = problems.Count;
        CheckFieldNames(definition, problems);
        var eventTime = FindEventTime(definition, problems);
        var primaryKey = definition.Fields.Index().Where(f => f.Item.PrimaryKey).OrderBy(f => f.Item.PrimaryKeyPosition ?? long.MaxValue).Select(f => f.Index).ToList();
        if (definition.TakesCorrections && primaryKey.Count == 0)
        {
            problems.Add("FLY1220", $"'{definition.Source}' takes corrections and has no primary key.", definition.Where, "Mark the fields that name a fact with primaryKey: true, so that a row says what it corrects.");
        }

        foreach (var (index, field) in definition.Fields.Index())
        {
            PrivacyRules.Check(field, index == eventTime || field.PrimaryKey || field.Entity is not null);
        }

        var fields = definition.Fields.Select((f, i) => FieldCompiler.Compile(f, i == eventTime || f.PrimaryKey)).ToList();
        var schema = new RowSchema(fields.DistinctBy(f => f.Name).Select(f => new Field(f.Name, f.Type)));
        var levels = ServiceLevelCompiler.Compile(definition, ofFile);
        var quality = QualityCompiler.Compile(definition, schema, FreshnessRule.Compile(levels, schema, eventTime, problems), problems);
        var window = WindowReader.Read(definition.Window);
        foreach (var notice in quality.Notices)
        {
            problems.AddNotice(notice.Code, notice.Message, notice.Where, notice.Remedy);
        }

        var foreignKeys = relationships.Compile(definition);
        // A field without a name was reported where it was read.
        if (problems.Count > before || definition.Fields.Any(f => f.Name.Length == 0))
        {
            return null;
        }

        if (eventTime < 0 && definition.IsServed)
        {
            problems.AddNotice(
                "FLY1149", $"'{definition.Source}' has no column of event time: a row's time is that of its arrival.", definition.Where, "Give a timestamp field the custom property eventTime: true where the rows carry one.");
        }

        var entities = definition.Fields.Index().Where(f => f.Item.Entity is not null).Select(f => new EntityField(f.Item.Entity!, f.Item.Name, f.Index));
        return new ContractPlan(definition, fields, eventTime, primaryKey, [.. entities])
        {
            Unique = [.. definition.Fields.Index().Where(f => f.Item.Unique && !(primaryKey.Count == 1 && primaryKey[0] == f.Index)).Select(f => f.Index)],
            Quality = quality,
            Relationships = foreignKeys,
            ServiceLevels = levels,
            Window = window,
        };
    }

    private static void CheckFieldNames(ContractDefinition definition, ProblemList problems)
    {
        if (definition.Fields.Count > MostFields)
        {
            problems.Add("FLY1107", $"'{definition.Source}' has more than {MostFields} fields.", definition.Fields[MostFields].Section.Where, "Split it into several sources.");
        }

        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in definition.Fields)
        {
            if (field.Name.Length == 0 || seen.TryAdd(field.Name, field.Name))
            {
                continue;
            }

            var isSame = string.Equals(seen[field.Name], field.Name, StringComparison.Ordinal);
            problems.Add(
                "FLY1102",
                isSame ? $"Two fields are named '{field.Name}'." : $"'{field.Name}' and '{seen[field.Name]}' differ only in case, which columns of a table cannot.",
                field.Section.At("name"),
                "Rename one of them.");
        }
    }

    /// <summary>The marked field, else the one that the contract names, else a timestamp called event_time; -1 when there is none, which times the source by arrival.</summary>
    private static int FindEventTime(ContractDefinition definition, ProblemList problems)
    {
        var marked = definition.Fields.Index().Where(f => f.Item.EventTime).Select(f => f.Index).ToList();
        if (marked.Count > 1)
        {
            problems.Add("FLY1113", "Two fields are marked as event time.", definition.Fields[marked[1]].Section.Where, "Mark one of them.");
            return -1;
        }

        var named = definition.EventTime ?? UsualEventTime;
        if (marked.Count == 0 && definition.EventTime is null && definition.Fields.All(f => !string.Equals(f.Name, UsualEventTime, StringComparison.Ordinal)))
        {
            return -1;
        }

        var index = marked.Count == 1 ? marked[0] : definition.Fields.Index().Where(f => string.Equals(f.Item.Name, named, StringComparison.Ordinal)).Select(f => f.Index).DefaultIfEmpty(-1).First();
        if (index < 0)
        {
            problems.Add(
                "FLY1113",
                $"There is no field '{named}' to be the event time.",
                definition.Where,
                "Give a timestamp field the custom property eventTime: true.");
        }
        else if (definition.Fields[index].Kind is not (FieldKind.Timestamp or FieldKind.Date) && IsKnown(definition.Fields[index]))
        {
            problems.Add("FLY1113", $"'{definition.Fields[index].Name}' cannot be the event time: it is no timestamp.", definition.Fields[index].Section.At("logicalType"));
        }

        return index;
    }

    /// <summary>The logical type is one of the standard's: another one is a problem already.</summary>
    private static bool IsKnown(FieldDefinition field) => field.LogicalType.Length == 0 || OdcsTypes.Logical.ContainsKey(field.LogicalType);
}
