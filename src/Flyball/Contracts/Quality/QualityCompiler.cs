using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Contracts.Quality;

/// <summary>
/// Compiles the <c>quality</c> items of a contract: library metrics, expressions of ours under <c>engine: flyball</c>, and notices for what
/// is kept and not enforced. All problems go to the file's list.
/// </summary>
internal sealed class QualityCompiler
{
    private readonly RowSchema schema;
    private readonly ProblemList problems;
    private readonly List<RowRule> rowRules = [];
    private readonly List<MetricRule> metrics = [];
    private readonly List<ExpressionRule> expressions = [];
    private readonly List<QualityNotice> notices = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    private QualityCompiler(RowSchema schema, ProblemList problems)
    {
        this.schema = schema;
        this.problems = problems;
    }

    public static QualityPlan Compile(ContractDefinition definition, RowSchema schema, IReadOnlyList<FreshnessRule> freshness, ProblemList problems)
    {
        var compiler = new QualityCompiler(schema, problems);
        foreach (var item in definition.Quality)
        {
            compiler.Add(item, null);
        }

        foreach (var field in definition.Fields)
        {
            foreach (var item in field.Quality)
            {
                compiler.Add(item, field);
            }
        }

        var statistics = StatisticsReader.Read(definition.Statistics, schema);
        return new QualityPlan(compiler.rowRules, compiler.metrics, compiler.expressions, statistics, compiler.notices) { ForeignKeys = definition.ForeignKeys, Freshness = freshness };
    }

    private void Add(YamlSection section, FieldDefinition? field)
    {
        var item = QualityItem.Read(section);
        switch (item.Kind)
        {
            case "library":
                AddMetric(item, field);
                break;
            case "custom" when string.Equals(item.Engine, "flyball", StringComparison.OrdinalIgnoreCase):
                AddExpression(item, field?.Name, "implementation");
                break;
            case "custom":
                Notice(item, "FLY1189", $"The rule is for the engine '{item.Engine}' and is not enforced.", "implementation", "Write it as a library metric, or with engine: flyball as an expression.");
                break;
            case "sql":
                AddQuery(item, field?.Name);
                break;
            default:
                break;
        }
    }

    /// <summary>A query that reads as one of our expressions is one; any other is for a database.</summary>
    private void AddQuery(QualityItem item, string? field)
    {
        if (item.Text("query") is { } query && item.Bound is null && (RowBinder.Bind(query, schema) is { Succeeded: true } || BatchBinder.Bind(query, schema) is { Succeeded: true }))
        {
            AddExpression(item, field, "query");
            return;
        }

        Notice(item, "FLY1189", "A rule in SQL is kept and not enforced: there is no database behind an event source.", "query", "Write it as a library metric, or as an expression: type: custom, engine: flyball, implementation: \"amount >= 0\".");
    }

    private void AddExpression(QualityItem item, string? field, string member)
    {
        if (item.Text(member) is not { } text)
        {
            problems.Add("FLY1188", $"'{member}' is missing.", item.Section.At(member), "Write an expression over the columns, such as \"amount >= 0 or type = 'refund'\".");
            return;
        }

        var row = RowBinder.Bind(text, schema);
        if (row.Succeeded)
        {
            if (IsCondition(item, member, row.Plan.Type))
            {
                rowRules.Add(new RowRule(Head(item, field, $"rule {rowRules.Count + expressions.Count + 1}", item.OutcomeOfRow), row.Plan));
            }

            return;
        }

        if (!BatchBinder.IsMeant(row.Problems))
        {
            AddAll(item, member, row.Problems);
            return;
        }

        var batch = BatchBinder.Bind(text, schema);
        if (!batch.Succeeded)
        {
            AddAll(item, member, batch.Problems);
        }
        else if (IsCondition(item, member, batch.Plan.Type))
        {
            expressions.Add(new ExpressionRule(Head(item, field, $"rule {rowRules.Count + expressions.Count + 1}", item.OutcomeOfBatch(problems)), batch.Plan));
        }
    }

    private bool IsCondition(QualityItem item, string member, ScalarType type)
    {
        if (type == ScalarType.Boolean)
        {
            return true;
        }

        problems.Add("FLY1188", "A rule is a condition, and this expression is none.", item.Section.At(member), "Compare it with something: amount >= 0.");
        return false;
    }

    private void AddMetric(QualityItem item, FieldDefinition? field)
    {
        if (MetricNames.Read(item, field?.Name, notices, problems) is not { } metric)
        {
            return;
        }

        if (item.Bound is not { } bound)
        {
            if (!metric.IsDeprecated)
            {
                problems.Add("FLY1187", "The metric has no operator to be judged by.", item.Section.Where, $"Add one of: {string.Join(", ", QualityBound.OfOne.Concat(QualityBound.OfTwo))}.");
                return;
            }

            if (metric.Kind == QualityMetric.RowCount)
            {
                Notice(item, "FLY1189", "The rule states no bound and is not enforced.", "rule", "Add an operator such as mustBeGreaterThan.");
                return;
            }

            bound = new QualityBound("mustBe", 0, 0);
        }

        if (MetricArguments.Read(item, metric.Kind, field, schema) is not { } arguments)
        {
            return;
        }

        var isPercent = item.IsPercent && metric.Kind != QualityMetric.RowCount;
        var columns = arguments.Columns;
        var shown = columns.Length == 0 ? "" : $"({string.Join(", ", columns.Select(c => schema.Fields[c].Name))})";
        metrics.Add(new MetricRule(Head(item, field?.Name, metric.Name + shown, item.OutcomeOfBatch(problems)), metric.Kind, columns, arguments.Match, bound, isPercent));
    }

    private RuleHead Head(QualityItem item, string? field, string otherwise, RuleOutcome outcome)
    {
        var wanted = item.Text("name") ?? item.Text("id") ?? otherwise;
        var name = wanted;
        for (var i = 2; !names.Add(name); i++)
        {
            name = $"{wanted} #{i}";
        }

        return new RuleHead(name, field, outcome, item.Severity, item.Text("description"), item.Section.Where);
    }

    private void Notice(QualityItem item, string code, string message, string member, string remedy) =>
        notices.Add(new QualityNotice(code, message, item.Section.At(member), remedy));

    private void AddAll(QualityItem item, string member, IEnumerable<Problem> found) =>
        problems.Add(found.Select(p => p with { Where = item.Section.At(member) }));
}
