using System.Globalization;

namespace Flyball.Tests.Contracts.Quality;

/// <summary>The shared data sets as sources. Those of fewer than a thousand rows have no reference and are left out.</summary>
/// <param name="find">The path of a shared file.</param>
internal sealed class SharedSources(Func<string, string> find)
{
    public static readonly string[] Names = ["fraud", "electricity", "bike", "churn", "german", "taxi2016", "taxi2019", "loans", "zipcodes", "credit", "sea", "rotating"];

    public SampleSource Read(string name, string quality = "") => name switch
    {
        "fraud" => SampleSource.Of(name, Csv("fraud/transactions.csv.gz"), l => SampleSource.Micros(l[1]), quality, "transaction_id", "event_time"),
        "electricity" => SampleSource.Of(name, Csv("electricity/electricity.csv"), quality: quality),
        "bike" => SampleSource.Of(name, Csv("bike_sharing/hour.csv"), l => SampleSource.Micros(l[1]) + (long.Parse(l[5], CultureInfo.InvariantCulture) * 3_600_000_000), quality, "dteday"),
        "churn" => SampleSource.Of(name, Csv("churn/Telco-Customer-Churn.csv"), quality: quality),
        "german" => SampleSource.Of(name, SampleSource.ReadCsv(find("data/german_credit/german.csv"), hasHeader: false), quality: quality),
        "taxi2016" => SampleSource.Of(name, Csv("nyc_taxi/openmldb_taxi_2016.csv.gz"), l => SampleSource.Micros(l[2]), quality, "pickup_datetime", "dropoff_datetime"),
        "taxi2019" => SampleSource.Of(name, Csv("nyc_taxi/seaborn_taxis_2019_03.csv.gz"), l => SampleSource.Micros(l[1]), quality, "tpep_pickup_datetime", "tpep_dropoff_datetime"),
        "loans" => SampleSource.Of(name, Csv("feast_credit/loan_table_sample.csv"), l => SampleSource.Micros(l[11]), quality, "event_timestamp", "created_timestamp"),
        "zipcodes" => SampleSource.Of(name, Csv("feast_credit/zipcode_table_sample.csv"), null, quality, "event_timestamp", "created_timestamp"),
        "credit" => SampleSource.Of(name, Csv("feast_credit/credit_history_sample.csv"), null, quality, "event_timestamp", "created_timestamp"),
        "sea" => SampleSource.Of(name, Csv("drift_synthetic/sea_0123_abrupto_noise_0.2.csv.gz"), quality: quality),
        _ => SampleSource.Of(name, Csv("drift_synthetic/rt_8873985678962563_gradual.csv.gz"), quality: quality),
    };

    /// <summary>The columns that the taxi files of both years have, under one name.</summary>
    public (SampleSource Of2016, SampleSource Of2019) TaxiYears()
    {
        string[] names = ["pickup_datetime", "vendor", "passengers", "flag", "seconds"];
        var old = Csv("nyc_taxi/openmldb_taxi_2016.csv.gz").Skip(1).Select(l => new[] { l[2], l[1], l[4], l[9], l[10] });
        var recent = Csv("nyc_taxi/seaborn_taxis_2019_03.csv.gz").Skip(1)
            .Select(l => new[] { l[1], l[0], l[3], l[6], ((SampleSource.Micros(l[2]) - SampleSource.Micros(l[1])) / 1_000_000).ToString(CultureInfo.InvariantCulture) });
        return (Of("2016", old), Of("2019", recent));

        SampleSource Of(string name, IEnumerable<string[]> rows) => SampleSource.Of(name, [names, .. rows], l => SampleSource.Micros(l[0]), "", "pickup_datetime");
    }

    private List<string[]> Csv(string path) => SampleSource.ReadCsv(find("data/" + path));
}
