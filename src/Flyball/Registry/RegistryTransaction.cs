using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Access;
using Flyball.Engine.Time;
using Flyball.Registry.Events;
using Flyball.Registry.Ledger;

namespace Flyball.Registry;

/// <summary>One change of the registry under way: its statements, its entries of the ledger and its events are one transaction.</summary>
internal sealed class RegistryTransaction(IDbConnection connection, IDbTransaction transaction, Caller caller, string? reason, EventTime now)
{
    public IDbConnection Connection => connection;

    public IDbTransaction Transaction => transaction;

    public Caller Caller => caller;

    public string? Reason => reason;

    public EventTime Now => now;

    /// <summary>The span that the change is made in; null outside of any trace.</summary>
    public string? Trace { get; init; }

    public int Execute(string sql, object? values = null) => connection.Execute(sql, values, transaction);

    public T? One<T>(string sql, object? values = null) => connection.QueryFirstOrDefault<T>(sql, values, transaction);

    public IReadOnlyList<T> All<T>(string sql, object? values = null) => connection.Query<T>(sql, values, transaction).AsList();

    /// <summary>Enters a change in the ledger.</summary>
    public long Enter(string model, LedgerChange change) => LedgerWriter.Append(connection, transaction, (IdOf(model), model), change, caller, reason, now);

    /// <summary>Tells a change to whoever wants to hear of it.</summary>
    public void Tell(string model, string entity, string action, JsonObject data) => Outbox.Append(connection, transaction, (IdOf(model), model), (entity, action, data, Trace), now);

    /// <summary>Moves the time at which a model was last changed.</summary>
    public void Touch(string model) => Execute("UPDATE registered_models SET updated_micros = @micros WHERE model = @model", new { micros = now.Micros, model });

    public long IdOf(string model) => One<long?>("SELECT id FROM registered_models WHERE model = @model", new { model })
        ?? throw new InvalidOperationException($"The model {model} is not registered.");
}
