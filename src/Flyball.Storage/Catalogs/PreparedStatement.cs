using System.Data;
using System.Runtime.CompilerServices;

namespace Flyball.Storage.Catalogs;

/// <summary>One SQL statement of a hot path, compiled once for each connection it runs on.</summary>
/// <param name="sql">The statement, with parameters such as <c>@run</c>.</param>
/// <param name="parameters">Their names, in the order in which values are given.</param>
/// <remarks>Safe wherever its connection is: one thread at a time.</remarks>
public sealed class PreparedStatement(string sql, params string[] parameters)
{
    private readonly ConditionalWeakTable<IDbConnection, IDbCommand> commands = [];

    /// <summary>Runs it and says how many rows changed.</summary>
    public int Execute(IDbConnection connection, IDbTransaction? transaction, params ReadOnlySpan<object?> values) =>
        With(connection, transaction, values).ExecuteNonQuery();

    /// <summary>Runs it and reads rows; the reader is disposed before the statement runs again.</summary>
    public IDataReader Query(IDbConnection connection, IDbTransaction? transaction, params ReadOnlySpan<object?> values) =>
        With(connection, transaction, values).ExecuteReader();

    private IDbCommand With(IDbConnection connection, IDbTransaction? transaction, ReadOnlySpan<object?> values)
    {
        if (values.Length != parameters.Length)
        {
            throw new ArgumentException($"The statement has {parameters.Length} parameters, and {values.Length} values were given.", nameof(values));
        }

        var command = commands.GetValue(connection, Make);
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            ((IDataParameter)command.Parameters[i]!).Value = values[i] ?? DBNull.Value;
        }

        return command;
    }

    private IDbCommand Make(IDbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + name;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
