-- Requests of bench/serve.sh: customers, terminals and amounts over the ranges of the example.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local i = 0
request = function()
  i = i + 1
  return wrk.format(nil, "/v1/models/fraud/predict", nil, string.format(
    '{"transaction_id":%d,"event_time":"2018-07-10T%02d:%02d:%02dZ","customer_id":%d,"terminal_id":%d,"amount":%d.%02d}',
    50000000 + i, i % 24, i % 60, (i * 7) % 60, (i * 13) % 500, (i * 37) % 10000, i % 300, i % 100))
end
